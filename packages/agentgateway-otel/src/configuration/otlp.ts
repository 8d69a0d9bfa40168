import type { OtlpConfiguration } from './configuration.ts'
import type { EnvironmentReader } from './environment-reader.ts'
import { endpointKind, urlOf } from './otlp-endpoint.ts'
import { VARIABLES } from './variables.ts'

/** Reads the OTLP bridge's configuration. It is undefined when there is an endpoint, but none that can be used. */
export function readOtlp(reader: EnvironmentReader): OtlpConfiguration | undefined {
  const { value: protocol } = reader.read(VARIABLES.otlpProtocol)
  const insecure = reader.read(VARIABLES.otlpInsecure)
  const { value: intervalMs } = reader.read(VARIABLES.exportIntervalMs)
  const timeouts = [reader.read(VARIABLES.otlpTimeoutMs).value, reader.read(VARIABLES.exportTimeoutMs).value]
  const variable = { ...VARIABLES.otlpEndpoint, ...endpointKind(protocol, insecure.value) }
  const endpoint = reader.read(variable)
  const url = urlOf(protocol, endpoint.value, endpoint.name === 'OTEL_EXPORTER_OTLP_ENDPOINT')
  const isUsable = endpoint.name !== undefined || !reader.isSet(variable)
  // Some expect of this variable that the server's certificate is not verified.
  if (insecure.value && isUsable && url.startsWith('https:')) {
    reader.problems.push(
      `${insecure.name} is without effect, because the endpoint is https; its certificate is verified`,
    )
  }
  const configuration: OtlpConfiguration = {
    protocol,
    url,
    headers: { ...reader.read(VARIABLES.otlpHeaders).value, ...reader.read(VARIABLES.otlpMetricsHeaders).value },
    compression: reader.read(VARIABLES.otlpCompression).value,
    // A time-out of 0 is no limit.
    timeoutMs: Math.min(intervalMs, ...timeouts.filter((timeoutMs) => timeoutMs !== 0)),
    tls: isUsable ? readTls(reader, url) : NO_TLS,
    temporality: reader.read(VARIABLES.otlpTemporality).value,
    histogramAggregation: reader.read(VARIABLES.otlpHistogramAggregation).value,
    intervalMs,
    exportsAtEnd: reader.read(VARIABLES.exportsAtEnd).value,
  }
  return isUsable ? configuration : undefined
}

const NO_TLS = { caFile: undefined, certificateFile: undefined, keyFile: undefined }

/** Reads which files TLS uses. Those that can have no effect are reported, because the user expects a safer connection. */
function readTls(reader: EnvironmentReader, url: string): OtlpConfiguration['tls'] {
  const ca = reader.read(VARIABLES.otlpCertificate)
  const certificate = reader.read(VARIABLES.otlpClientCertificate)
  const key = reader.read(VARIABLES.otlpClientKey)
  if (!url.startsWith('https:')) {
    const names = [ca, certificate, key].flatMap(({ name }) => name ?? [])
    if (names.length > 0)
      reader.problems.push(
        `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} without effect, because the endpoint is not https`,
      )
    return NO_TLS
  }
  const caFile = ca.value
  if (certificate.name !== undefined && key.name !== undefined) {
    return { caFile, certificateFile: certificate.value, keyFile: key.value }
  }
  const alone = certificate.name ?? key.name
  if (alone !== undefined) {
    reader.problems.push(`${alone} is ignored, because a certificate and its key have to be set both`)
  }
  return { ...NO_TLS, caFile }
}
