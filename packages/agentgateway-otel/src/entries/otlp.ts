import type { MetricReader } from '@opentelemetry/sdk-metrics'
import type { OtlpConfiguration } from '../configuration/configuration.ts'
import type { Log } from '../log.ts'
import type { ResourceAttributes } from '../otlp/detected-attributes.ts'
import { createOtlpExporter } from '../otlp/exporter.ts'
import type { OtlpExports } from '../otlp/exports.ts'
import { labelPoints } from '../otlp/gateway-label.ts'
import type { MetricsSerializer, Protocol } from '../otlp/protocols.ts'
import { OtlpReader } from '../otlp/reader.ts'

/**
 * Creates the reader that sends all metrics to an OTLP collector, every `OTEL_METRIC_EXPORT_INTERVAL`.
 *
 * @param protocol the parts of the configured protocol
 * @param detected further attributes of the resource
 * @param exports is kept up to date with what was sent where.
 */
export function createOtlpReader(
  configuration: OtlpConfiguration,
  protocol: Protocol,
  detected: Promise<ResourceAttributes>,
  log: Log,
  exports: OtlpExports,
): MetricReader {
  let serializer: MetricsSerializer | undefined
  const getSerializer = () => {
    serializer ??= labelPoints(protocol.loadSerializer())
    return serializer
  }
  const transport = protocol.createTransport(configuration)
  const exporter = createOtlpExporter({ configuration, getSerializer, transport, log, exports })
  return new OtlpReader(exporter, configuration, detected)
}
