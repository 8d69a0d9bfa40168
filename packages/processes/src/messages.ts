import type { Socket } from 'node:net'

/** What processes say to each other is short: the numbers go through files. */
const MAX_MESSAGE_CHARACTERS = 64 * 1024

export type Message = Readonly<Record<string, unknown>>

export function send(socket: Socket, message: Message): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`)
}

/**
 * Hears each message, a line of JSON. Whoever says anything else, or too much, is not listened to any more.
 *
 * @param onError hears of what goes wrong with a message that was one.
 */
export function receive(
  socket: Socket,
  onMessage: (message: Message) => void,
  onError: (error: unknown) => void,
): void {
  let pending = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = (pending + text).split('\n')
    pending = lines.pop() ?? ''
    const isTooLong = pending.length > MAX_MESSAGE_CHARACTERS
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
  })
}

function parse(line: string): Message | undefined {
  try {
    const message: unknown = JSON.parse(line)
    return typeof message === 'object' && message !== null ? (message as Message) : undefined
  } catch {
    return undefined
  }
}
