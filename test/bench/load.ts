import { connect, type Socket } from 'node:net'
import type { Traffic } from './apps/index.ts'

/** A client with several keep-alive connections, each with at most one request in flight. */
export interface Load {
  /** Sends this many requests, and resolves with the seconds that passed until the last response was complete. */
  send(requests: number): Promise<number>
  /** The body size of a response; undefined before the first response, and where responses are chunked. */
  bodyBytes(): number | undefined
  close(): void
}

/** How the end of a response is recognized: by its size, which is that of the first one, or by its last chunk. */
interface ResponseShape {
  /** The size of head and body in bytes; undefined where responses are chunked. */
  readonly size: number | undefined
  readonly bodyBytes: number | undefined
}

const LAST_CHUNK = Buffer.from('0\r\n\r\n')

/**
 * Opens a client that costs far less than the server that it drives, so that the server is the bottleneck on two cores: it
 * writes bytes that were made beforehand, and counts the bytes that come back. It never sleeps while it has requests under way: waking
 * it would be a part of each write of the server, and the slower a server is, the more often would its client have fallen asleep.
 */
export async function openLoad(port: number, connections: number, traffic: Traffic): Promise<Load> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)))
  let serial = 0
  let shape: ResponseShape | undefined

  /** Sends one request after the other, as long as `hasMore` returns true. */
  function sendSequentially(socket: Socket, hasMore: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let received = 0
      let tail: Uint8Array = Buffer.alloc(0)
      const sendNext = () => {
        received = 0
        if (hasMore()) return void socket.write(traffic.request(serial++))
        socket.off('data', onData).off('close', onClose)
        resolve()
      }
      const onData = (chunk: Buffer) => {
        try {
          shape ??= shapeOf(chunk)
          if (received === 0) assertOk(chunk)
        } catch (error) {
          return reject(error)
        }
        received += chunk.length
        if (shape.size !== undefined) {
          if (received > shape.size) reject(new Error('a response differs in size from the first one'))
          else if (received === shape.size) sendNext()
          return
        }
        tail = chunk.length >= LAST_CHUNK.length ? chunk : Buffer.concat([tail, chunk])
        if (LAST_CHUNK.equals(tail.subarray(-LAST_CHUNK.length))) sendNext()
      }
      const onClose = () => reject(new Error('the server closed a connection'))
      socket.on('data', onData).on('close', onClose)
      sendNext()
    })
  }

  return {
    async send(requests) {
      let left = requests
      const startMs = performance.now()
      let isSending = true
      const stayAwake = () => {
        if (isSending) setImmediate(stayAwake)
      }
      stayAwake()
      try {
        await Promise.all(sockets.map((socket) => sendSequentially(socket, () => left-- > 0)))
      } finally {
        isSending = false
      }
      return (performance.now() - startMs) / 1000
    },
    bodyBytes: () => shape?.bodyBytes,
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

const OK = Buffer.from('HTTP/1.1 200 ')

function assertOk(response: Buffer): void {
  if (response.subarray(0, OK.length).equals(OK)) return
  throw new Error(`unexpected response: ${response.toString('utf8', 0, 500)}`)
}

/** Returns the shape of a response of which at least the head has arrived. */
function shapeOf(response: Buffer): ResponseShape {
  const head = response.toString('latin1', 0, response.indexOf('\r\n\r\n') + 4)
  const length = /^content-length: (\d+)\r$/im.exec(head)?.[1]
  if (length !== undefined) return { size: head.length + Number(length), bodyBytes: Number(length) }
  if (/^transfer-encoding: chunked\r$/im.test(head)) return { size: undefined, bodyBytes: undefined }
  throw new Error(`a response has neither a length nor chunks: ${response.toString('utf8', 0, 500)}`)
}
