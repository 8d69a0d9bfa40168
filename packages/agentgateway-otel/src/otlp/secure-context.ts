import type { SecureContext } from 'node:tls'
import { unpatchedFs } from '@agentgateway-otel/processes'
import type { OtlpConfiguration } from '../configuration/configuration.ts'
import type { TlsFunctions } from './tls-functions.ts'

/** The variable and the option of each file. */
const FILES = [
  ['caFile', 'OTEL_EXPORTER_OTLP_CERTIFICATE', 'ca'],
  ['certificateFile', 'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE', 'cert'],
  ['keyFile', 'OTEL_EXPORTER_OTLP_CLIENT_KEY', 'key'],
] as const

/**
 * Reads the files of TLS. It is called for each connection, so that renewed certificates are used without a restart.
 *
 * @throws Error that names the variable and the path of a file that cannot be read or used
 */
export function readSecureContext(
  files: OtlpConfiguration['tls'],
  { createSecureContext }: TlsFunctions,
): SecureContext {
  const options: Partial<Record<(typeof FILES)[number][2], Buffer>> = {}
  const used: string[] = []
  for (const [file, variable, option] of FILES) {
    const path = files[file]
    if (path === undefined) continue
    used.push(`${variable}=${path}`)
    try {
      options[option] = unpatchedFs.readFileSync(path)
    } catch (error) {
      throw new Error(`cannot read the file of ${variable}: ${(error as Error).message}`)
    }
  }
  try {
    // OpenSSL takes no notice of a file without any.
    if (options.ca?.includes('-----BEGIN') === false) throw new Error('no certificate is in the file')
    return createSecureContext(options)
  } catch (error) {
    throw new Error(`cannot use ${used.join(', ')}: ${(error as Error).message}`)
  }
}
