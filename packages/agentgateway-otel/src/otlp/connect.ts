import dns from 'node:dns'
import { isIP, Socket } from 'node:net'
import type { OtlpConfiguration } from '../configuration/configuration.ts'
import { readSecureContext } from './secure-context.ts'
import type { TlsFunctions } from './tls-functions.ts'
import { unpublished } from './unpublished.ts'

const { apply } = Reflect

/**
 * Node's own functions, as they are when this module is loaded. Code that wraps them later to observe the app's
 * connections does not see the bridge's.
 */
const { lookup } = dns
const { connect: connectSocket } = Socket.prototype

export interface ConnectOptions {
  readonly url: URL
  /** What `tlsFunctionsFor` has returned for the URL. */
  readonly tlsFunctions: TlsFunctions | undefined
  /** The files of TLS. */
  readonly tls: OtlpConfiguration['tls']
  /** The protocol that is agreed on within TLS. */
  readonly alpnProtocol: 'h2' | 'http/1.1'
  /** Receives each socket as soon as it exists, so that it can be closed while it is being connected. */
  onSocket(socket: Socket): void
}

/**
 * Connects to a collector. The socket is unreferenced in whatever state it is.
 *
 * @throws the error of the connection, or that a file of TLS cannot be read or used
 */
export async function connect(options: ConnectOptions): Promise<Socket> {
  const { url, tlsFunctions, tls: files, alpnProtocol, onSocket } = options
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = Number(url.port || (tlsFunctions === undefined ? 80 : 443))
  // Files are read before there is a connection that would have to be closed if they cannot be.
  const secureContext = tlsFunctions && readSecureContext(files, tlsFunctions)

  const socket = new Socket()
  onSocket(socket)
  // Each address of a host that has several is tried with a handle of its own.
  socket.on('connectionAttempt', () => socket.unref())
  unpublished(() => apply(connectSocket, socket, [{ host, port, lookup }]))
  socket.unref()
  await opened(socket, 'connect')
  // What is sent must not wait for the acknowledgement of what was sent before.
  socket.setNoDelay(true)
  if (tlsFunctions === undefined) return socket

  const secured = tlsFunctions.connect({
    socket,
    secureContext,
    host,
    ALPNProtocols: [alpnProtocol],
    ...(isIP(host) === 0 && { servername: host }),
  })
  onSocket(secured)
  await opened(secured, 'secureConnect')
  return secured
}

/** Waits until the socket is connected. */
function opened(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, resolve)
    socket.once('error', (error) => reject(withMessage(error)))
    socket.once('close', () =>
      reject(Object.assign(new Error('the connection was closed before it was ready'), { code: 'ECONNRESET' })),
    )
  })
}

/** Returns an error that says what went wrong: that of a host with several addresses has its messages inside. */
const withMessage = (error: Error) =>
  error instanceof AggregateError ? new Error(error.errors.map(({ message }) => message).join(', ')) : error
