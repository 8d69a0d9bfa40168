import type { Socket } from 'node:net'

/** The longest message, in bytes. Messages are short, because the numbers go through files. */
const MAX_MESSAGE_BYTES = 64 * 1024

/**
 * What processes send each other over the peer socket. A follower sends `hello` with its identity; the leader responds
 * with `welcome`, the name of the group and its label `gateway`, or `refused` and the name of its own app. At a scrape the leader sends
 * `collect`, and each follower responds with `collected` when its snapshot is up to date.
 */
export type Message = Readonly<Record<string, unknown>>

/** Encodes a message as one line of JSON. */
export const encodeMessage = (message: Message) => `${JSON.stringify(message)}\n`

export function send(socket: Socket, message: Message): void {
  if (!socket.destroyed) socket.write(encodeMessage(message))
}

/**
 * Creates a reader of a socket's chunks that calls `onMessage` for each message. It destroys the socket when it
 * receives anything else, or a message that is too long.
 *
 * @param onError receives what `onMessage` throws; the socket is destroyed then too.
 */
export function createMessageReader(
  onMessage: (message: Message) => void,
  onError: (error: unknown) => void,
): (socket: Socket, chunk: Buffer) => void {
  let pending = ''
  return (socket, chunk) => {
    // latin1 keeps one character per byte, because a chunk may end within a character.
    const lines = (pending + chunk.toString('latin1')).split('\n')
    pending = lines.pop() ?? ''
    const isTooLong = pending.length > MAX_MESSAGE_BYTES
    for (const line of lines) {
      const message = parse(line)
      if (message === undefined || isTooLong) return void socket.destroy()
      if (socket.destroyed) return
      try {
        onMessage(message)
      } catch (error) {
        onError(error)
        socket.destroy()
      }
    }
    if (isTooLong) socket.destroy()
  }
}

function parse(line: string): Message | undefined {
  try {
    const message: unknown = JSON.parse(Buffer.from(line, 'latin1').toString())
    return typeof message === 'object' && message !== null ? (message as Message) : undefined
  } catch {
    return undefined
  }
}
