import type { Socket } from 'node:net'

/** What processes say to each other is short: the numbers go through files. */
const MAX_MESSAGE_CHARACTERS = 64 * 1024

export type Message = Readonly<Record<string, unknown>>

export function send(socket: Socket, message: Message): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`)
}

/** Hears each message, a line of JSON. Whoever says anything else, or too much, is not listened to any more. */
export function receive(socket: Socket, onMessage: (message: Message) => void): void {
  let pending = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = (pending + text).split('\n')
    pending = lines.pop() ?? ''
    try {
      if (pending.length > MAX_MESSAGE_CHARACTERS) throw new Error('a message without an end')
      for (const line of lines) {
        const message: unknown = JSON.parse(line)
        if (typeof message !== 'object' || message === null) throw new Error('no message')
        if (!socket.destroyed) onMessage(message as Message)
      }
    } catch {
      socket.destroy()
    }
  })
}
