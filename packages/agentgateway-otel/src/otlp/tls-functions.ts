import type tls from 'node:tls'

/** Node's own functions of TLS. */
export type TlsFunctions = Pick<typeof tls, 'connect' | 'createSecureContext'>

/**
 * Returns Node's own functions of TLS as they are now, which is to be before the app's first line. A URL without TLS has
 * none, because loading them takes milliseconds of a start, and megabytes.
 */
export function tlsFunctionsFor({ protocol }: URL): TlsFunctions | undefined {
  if (protocol !== 'https:') return undefined
  const { connect, createSecureContext } = process.getBuiltinModule('node:tls')
  return { connect, createSecureContext }
}
