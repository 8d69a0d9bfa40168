import type { Socket } from 'node:net'
import tls from 'node:tls'
import { constructorOver, unpatchedSocketPrototype } from './unpatched-net.ts'

/**
 * Sockets of TLS that the app's patches of Node's prototypes neither see nor break. It is a module of its own, because
 * only an endpoint with TLS loads `tls`.
 *
 * @module
 */

const { TLSSocket } = tls

const UnpatchedTlsSocket = constructorOver(TLSSocket, unpatchedSocketPrototype(TLSSocket.prototype))

/** Creates the server's side of a TLS connection over an accepted one. It emits `secure` after the handshake. */
export function createTlsSocket(socket: Socket, options: tls.TLSSocketOptions): tls.TLSSocket {
  return new UnpatchedTlsSocket(socket, { ...options, isServer: true })
}
