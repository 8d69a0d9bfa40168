import type { Attempt } from './transport.ts'

/** Node's codes of a certificate whose authority is not known. */
const UNKNOWN_AUTHORITY =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/

/** Returns what an attempt is that failed because of TLS; undefined where it failed because of something else. */
export function attemptOfTlsError({ message, code = '' }: Error & { readonly code?: string }): Attempt | undefined {
  if (UNKNOWN_AUTHORITY.test(code)) {
    return refused(
      `the authority of the collector's certificate is not known (${code}); name the file of its certificate in OTEL_EXPORTER_OTLP_CERTIFICATE`,
    )
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return refused(message)
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return refused(`there is no TLS connection to the collector (${code}); is its URL one with http?`)
  }
  return undefined
}

const refused = (text: string): Attempt => ({ outcome: 'refused', error: new Error(text) })
