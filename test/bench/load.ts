import { connect, type Socket } from 'node:net'

const REQUEST = Buffer.from('GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n')

/** Connections that are kept alive, with at most one request in flight on each. */
export interface Load {
  /** Sends so many requests. Resolves with the seconds that it took until the last one was answered. */
  send(requests: number): Promise<number>
  close(): void
}

/**
 * A client that costs far less than the server that it drives, so that on two cores the server is the bottleneck: it
 * writes the same bytes each time and counts those that come back, whose number is the same for every answer.
 */
export async function openLoad(port: number, connections: number): Promise<Load> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)))
  return {
    async send(requests) {
      let left = requests
      const startMs = performance.now()
      await Promise.all(sockets.map((socket) => ask(socket, () => left-- > 0)))
      return (performance.now() - startMs) / 1000
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket))
    socket.on('error', reject)
  })
}

/** One request after the other, as long as there are more. */
function ask(socket: Socket, more: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let size: number | undefined
    let received = 0
    const next = () => {
      if (more()) return void socket.write(REQUEST)
      socket.off('data', onData).off('close', onClose)
      resolve()
    }
    const onData = (chunk: Buffer) => {
      size ??= sizeOf(chunk)
      received += chunk.length
      if (received < size) return
      received -= size
      if (received > 0) reject(new Error('an answer differs in size from the first one'))
      else next()
    }
    const onClose = () => reject(new Error('the server closed a connection'))
    socket.on('data', onData).on('close', onClose)
    next()
  })
}

/** The size of an answer, of which at least the head has arrived. */
function sizeOf(answer: Buffer): number {
  const head = answer.toString('latin1', 0, answer.indexOf('\r\n\r\n') + 4)
  const length = /^content-length: (\d+)\r$/im.exec(head)?.[1]
  if (!head.startsWith('HTTP/1.1 200 ') || length === undefined) throw new Error(`unexpected answer: ${head}`)
  return head.length + Number(length)
}
