import type { Socket } from 'node:net'

/** What processes say to each other is short: the numbers go through files. */
const MAX_MESSAGE_BYTES = 64 * 1024

export type Message = Readonly<Record<string, unknown>>

export const lineOf = (message: Message) => `${JSON.stringify(message)}\n`

export function send(socket: Socket, message: Message): void {
  if (!socket.destroyed) socket.write(lineOf(message))
}

/**
 * Makes a reader of a socket's chunks that calls `onMessage` for each message, a line of JSON. The socket is destroyed when
 * anything else comes, or too much.
 *
 * @param onError is called with what goes wrong with a message that was one.
 */
export function createMessageReader(
  onMessage: (message: Message) => void,
  onError: (error: unknown) => void,
): (socket: Socket, chunk: Buffer) => void {
  let pending = ''
  return (socket, chunk) => {
    // One character a byte, because a chunk may end within a character.
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
