import type { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer'
import type { OtlpConfiguration, OtlpProtocol } from '../configuration/configuration.ts'
import { loadBundle } from '../lazy.ts'
import type { OtlpTransport } from './transport.ts'

/** OpenTelemetry's encoder of exports and decoder of responses. Those of all formats have this type. */
export type MetricsSerializer = typeof ProtobufMetricsSerializer

/** The parts of one of OTLP's protocols. */
export interface Protocol {
  /** Loads the serializer. To be called at the first export: no start needs it, and it uses nothing that an app may replace. */
  readonly loadSerializer: () => MetricsSerializer
  readonly createTransport: (configuration: OtlpConfiguration) => OtlpTransport
}

const BUNDLES = {
  'http/protobuf': { transport: 'otlp-http', format: 'otlp-protobuf' },
  'http/json': { transport: 'otlp-http', format: 'otlp-json' },
  grpc: { transport: 'otlp-grpc', format: 'otlp-protobuf' },
} as const satisfies Record<OtlpProtocol, object>

/** Loads the transport of a protocol, and no other protocol's. */
export function loadProtocol(name: OtlpProtocol): Protocol {
  const { transport, format } = BUNDLES[name]
  const { createTransport } = loadBundle(transport)
  return { loadSerializer: () => loadBundle(format).serializer, createTransport }
}
