import diagnostics_channel from 'node:diagnostics_channel'
import { onDryLoop } from '@agentgateway-otel/processes'
import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import type { OtlpConfiguration } from './configuration/configuration.ts'
import { FLUSH_CHANNEL, type FlushMessage } from './flush.ts'
import type { Log } from './log.ts'
import type { OtlpExports } from './otlp/exports.ts'

/** How long the last export may keep a process alive whose app has ended. */
const MAX_LAST_EXPORT_MS = 2000

/** The longest time that a timer of Node.js can wait. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** An app that does more in its listeners of `beforeExit` each time is not held up for ever. */
const MAX_LAST_EXPORTS = 10

export interface ExportOnDemandOptions {
  readonly reader: IMetricReader
  readonly configuration: OtlpConfiguration
  readonly exports: OtlpExports
  /** Counts what waits for more to come. It is called when the app has ended. */
  readonly settle: () => void
  readonly log: Log
}

/** Exports when the app calls `flush()`, and when the event loop has run dry. */
export function exportOnDemand({ reader, configuration, exports, settle, log }: ExportOnDemandOptions): void {
  const { timeoutMs, exportsAtEnd } = configuration
  // A failed export is reported by the exporter itself.
  const flush = () => reader.forceFlush().catch(() => {})

  diagnostics_channel.subscribe(FLUSH_CHANNEL, (message) => {
    // The app awaits this, so the process must not end before; each export that it waits for ends by its time-out.
    ;(message as FlushMessage).waitFor(keepAlive(flush()))
  })
  if (!exportsAtEnd) return
  const maxMs = Math.min(timeoutMs, MAX_LAST_EXPORT_MS)
  exportWhenLoopIsDry(() => {
    settle()
    void keepAlive(flush(), maxMs, () => {
      const reason = exports.retrying === undefined ? '' : ` (${exports.retrying})`
      log(
        'warn',
        `${exports.url} has not accepted the last export within ${maxMs} ms${reason}, so its metrics are lost`,
      )
    })
  })
}

function exportWhenLoopIsDry(startExport: () => void): void {
  let exports = 0
  let isExported = false
  onDryLoop(() => {
    if (isExported || exports >= MAX_LAST_EXPORTS) {
      // The app's listeners of `beforeExit` are called now. If they have given it more to do, there is more to export.
      isExported = false
      return false
    }
    exports++
    isExported = true
    startExport()
    return true
  })
}

/** Keeps the process alive until the promise is settled, or the time is over. Exports alone do not. */
function keepAlive(promise: Promise<void>, maxMs = LONGEST_TIMER_MS, onTimeout = () => {}): Promise<void> {
  const timer = setTimeout(onTimeout, maxMs)
  return promise.finally(() => clearTimeout(timer))
}
