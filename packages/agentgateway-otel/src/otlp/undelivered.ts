import { deltasOf, mergeDeltas } from '@agentgateway-otel/meter'
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { DataRefusedError } from './transport.ts'

type ExportCallback = Parameters<PushMetricExporter['export']>[1]
type ExportResult = Parameters<ExportCallback>[0]

const FAILED = 1

/** An exporter that keeps the deltas of exports that failed. */
export interface KeepingExporter extends PushMetricExporter {
  /**
   * Waits for the export that is under way. The reader does not, once its time-out has passed; only then is it known
   * whether the collector has its data.
   */
  ended(): Promise<void>
  /** Returns the metrics with the deltas that were not delivered, for the next export. */
  withUndelivered(metrics: ResourceMetrics): ResourceMetrics
}

/**
 * Wraps an exporter so that no delta is lost when an export fails: the next one has it too. Totals need no keeping,
 * since the next export has them anyway. What the collector refuses for good (`DataRefusedError`, which includes the
 * refused part of an export that it accepted in part) is not sent again, as OTLP has it.
 *
 * An export whose response was lost is sent again, so that its deltas may arrive twice. OTLP chooses this, too.
 *
 * @param exporter has one export at a time, and calls back in each case
 */
export function keepUndelivered(exporter: PushMetricExporter): KeepingExporter {
  let undelivered: ResourceMetrics | undefined
  let underWay: Promise<void> = Promise.resolve()

  const exportMetrics = (metrics: ResourceMetrics) =>
    new Promise<ExportResult>((resolve) => exporter.export(metrics, resolve)).catch(
      (error): ExportResult => ({ code: FAILED, error }),
    )

  return {
    export(metrics, callback) {
      const result = exportMetrics(metrics)
      underWay = result.then(({ code, error }) => {
        const isOver = code !== FAILED || error instanceof DataRefusedError
        undelivered = isOver ? undefined : deltasOf(metrics)
      })
      underWay.then(async () => callback(await result))
    },
    ended: () => underWay,
    withUndelivered: (metrics) => (undelivered === undefined ? metrics : mergeDeltas(undelivered, metrics)),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  }
}
