import { constants } from 'node:crypto'
import tls, { type SecureContext, type SecureVersion } from 'node:tls'

/** What a TLS server needs, as PEM and by OpenSSL's names. */
export interface TlsOptions {
  readonly cert: string | Buffer
  readonly key: string | Buffer
  /** Certificates that a client's must be issued by. Undefined: no client's certificate is trusted. */
  readonly clientCa: string | Buffer | undefined
  readonly minVersion: SecureVersion
  readonly maxVersion: SecureVersion
  /** Undefined: Node's default. */
  readonly ciphers: string | undefined
  readonly honorCipherOrder: boolean
  /** Undefined: Node's default. */
  readonly ecdhCurve: string | undefined
}

const { createSecureContext } = tls

/**
 * Creates the context of a TLS server that never resumes a session, and never negotiates a second time. Either could skip
 * the check of the client's certificate, and scrapers keep their connections open, so they gain nothing from it.
 *
 * @throws Error of OpenSSL about what it cannot use
 */
export function createTlsContext({ clientCa, ciphers, ecdhCurve, ...options }: TlsOptions): SecureContext {
  return createSecureContext({
    ...options,
    // Without a CA, OpenSSL would trust the certificates of all public ones.
    ca: clientCa ?? [],
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(ecdhCurve === undefined ? {} : { ecdhCurve }),
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  })
}
