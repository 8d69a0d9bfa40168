import { connect, type Socket } from 'node:net'
import type { Traffic } from './apps/index.ts'

/** Connections that are kept alive, with at most one request in flight on each. */
export interface Load {
  /** Sends so many requests. Resolves with the seconds until the last response was complete. */
  send(requests: number): Promise<number>
  /** The size of a response's body; undefined before the first response, and if responses are chunked. */
  bodyBytes(): number | undefined
  close(): void
}

/** How the end of a response is found: by its size, which is that of the first response, or by its last chunk. */
interface Shape {
  readonly size: number | undefined
  readonly bodyBytes: number | undefined
}

const LAST_CHUNK = Buffer.from('0\r\n\r\n')

/**
 * Opens a client that uses far less CPU than the server that it drives, so that on two cores the server is the bottleneck:
 * it writes bytes that were made beforehand and counts the bytes that come back.
 */
export async function openLoad(port: number, connections: number, traffic: Traffic): Promise<Load> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)))
  let serial = 0
  let shape: Shape | undefined

  /** Sends one request after the other, as long as there are more. */
  function drive(socket: Socket, more: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let received = 0
      let tail: Uint8Array = Buffer.alloc(0)
      const next = () => {
        received = 0
        if (more()) return void socket.write(traffic.request(serial++))
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
          else if (received === shape.size) next()
          return
        }
        tail = chunk.length >= LAST_CHUNK.length ? chunk : Buffer.concat([tail, chunk])
        if (LAST_CHUNK.equals(tail.subarray(-LAST_CHUNK.length))) next()
      }
      const onClose = () => reject(new Error('the server closed a connection'))
      socket.on('data', onData).on('close', onClose)
      next()
    })
  }

  return {
    async send(requests) {
      let left = requests
      const startMs = performance.now()
      await Promise.all(sockets.map((socket) => drive(socket, () => left-- > 0)))
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

/** The shape of a response of which at least the head has arrived. */
function shapeOf(response: Buffer): Shape {
  const head = response.toString('latin1', 0, response.indexOf('\r\n\r\n') + 4)
  const length = /^content-length: (\d+)\r$/im.exec(head)?.[1]
  if (length !== undefined) return { size: head.length + Number(length), bodyBytes: Number(length) }
  if (/^transfer-encoding: chunked\r$/im.test(head)) return { size: undefined, bodyBytes: undefined }
  throw new Error(`a response without an end: ${response.toString('utf8', 0, 500)}`)
}
