import { once } from 'node:events'
import net, { type Socket } from 'node:net'

export const GET_METRICS = 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'

/** Many connections of one client. */
export interface Flood {
  readonly sockets: readonly Socket[]
  /** How many are open. */
  openCount(): number
  close(): void
}

export interface FloodOptions {
  /** Written on each connection when it is open. */
  readonly text?: string
  /** Whether what arrives is read. Default: true. */
  readonly reads?: boolean
}

/** Opens connections to 127.0.0.1, a few at a time, and waits until each is open or was refused. */
export async function openFlood(port: number, count: number, options: FloodOptions = {}): Promise<Flood> {
  const { text, reads = true } = options
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(50, count - sockets.length) }, () => net.connect(port, '127.0.0.1'))
    await Promise.all(
      some.map(async (socket) => {
        // A connection that the server drops is reset.
        socket.on('error', () => {})
        if (reads) socket.resume()
        await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => {})
        if (text !== undefined) socket.write(text)
      }),
    )
    sockets.push(...some)
  }
  return {
    sockets,
    openCount: () => sockets.filter((socket) => !socket.destroyed).length,
    close: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Writes this on a connection of its own, and returns what arrives until the server closes it. */
export async function exchange(port: number, text: string | Buffer, options: net.SocketConstructorOpts = {}) {
  const socket = new net.Socket(options)
  const chunks: Buffer[] = []
  let error: NodeJS.ErrnoException | undefined
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', (reason) => {
    error = reason
  })
  socket.connect(port, '127.0.0.1')
  socket.write(text)
  await new Promise((resolve) => socket.once('close', resolve))
  return { text: Buffer.concat(chunks).toString(), error }
}
