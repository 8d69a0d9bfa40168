import type { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer'
import type { OtlpConfiguration, OtlpProtocol } from '../configuration/configuration.ts'
import { loadBundle } from '../lazy.ts'
import type { OtlpTransport } from './transport.ts'

/** OpenTelemetry's encoder of exports and decoder of responses. Those of all formats have this type. */
export type MetricsSerializer = typeof ProtobufMetricsSerializer

/** The parts of one of OTLP's protocols. */
export interface Protocol {
  readonly serializer: MetricsSerializer
  readonly createTransport: (configuration: OtlpConfiguration) => OtlpTransport
}

const BUNDLES = {
  'http/protobuf': 'otlp-http-protobuf',
  'http/json': 'otlp-http-json',
  grpc: 'otlp-grpc',
} as const satisfies Record<OtlpProtocol, string>

/** Loads the parts of a protocol, and no other protocol's. */
export const loadProtocol = (name: OtlpProtocol): Protocol => loadBundle(BUNDLES[name])
