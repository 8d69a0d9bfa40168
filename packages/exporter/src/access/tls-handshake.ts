import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { tlsInternalsOf } from '../node-internals.ts'
import { createTlsSocket } from '../unpatched-tls.ts'
import type { ClientAuthType, TlsSettings } from './settings.ts'
import { hasAllowedName } from './subject-alt-names.ts'

/** How long a client may take for its handshake, from the connection on. */
const HANDSHAKE_MS = 10_000

/** The types under which OpenSSL itself refuses a client without a certificate, and tells it so. */
const REQUIRING: ReadonlySet<ClientAuthType> = new Set(['RequireAnyClientCert', 'RequireAndVerifyClientCert'])

/**
 * Performs the server's side of a handshake over an accepted connection, and calls `onSecure` when it has succeeded and
 * the client's certificate is as the settings want it. Otherwise the connection is closed.
 */
export function secure(socket: Socket, settings: TlsSettings, onSecure: (socket: TLSSocket) => void): void {
  const { context, clientAuth } = settings
  const secured = createTlsSocket(socket, {
    secureContext: context,
    requestCert: clientAuth !== 'NoClientCert',
    rejectUnauthorized: REQUIRING.has(clientAuth),
    ALPNProtocols: ['http/1.1'],
  })
  const deadline = setTimeout(() => secured.destroy(), HANDSHAKE_MS).unref()
  // Errors of a client, before and after the handshake, end its connection and concern nobody else.
  secured.on('error', () => secured.destroy())
  secured.on('_tlsError', () => secured.destroy())
  // The server's sockets may be half open, but a handshake needs both directions.
  const onEnd = () => secured.destroy()
  secured.on('end', onEnd)
  secured.on('close', () => {
    clearTimeout(deadline)
    socket.destroy()
  })
  secured.once('secure', () => {
    clearTimeout(deadline)
    secured.off('end', onEnd)
    if (secured.destroyed) return
    if (!isAdmitted(secured, settings)) {
      secured.destroy()
      return
    }
    tlsInternalsOf(secured)._releaseControl?.()
    onSecure(secured)
  })
}

/** Whether the client's certificate is as the settings want it. */
function isAdmitted(socket: TLSSocket, { clientAuth, allowedSans }: TlsSettings): boolean {
  if (clientAuth === 'NoClientCert' || clientAuth === 'RequestClientCert') return true
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return clientAuth === 'VerifyClientCertIfGiven'
  if (clientAuth === 'RequireAnyClientCert') return true
  if (!isVerified(socket)) return false
  return allowedSans === undefined || hasAllowedName(certificate.subjectAltName, allowedSans)
}

/** Whether OpenSSL has found a chain from the client's certificate to the CA. */
function isVerified(socket: TLSSocket): boolean {
  const handle = tlsInternalsOf(socket)._handle
  return typeof handle?.verifyError === 'function' && !handle.verifyError()
}
