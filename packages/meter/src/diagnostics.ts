import { diag } from '@opentelemetry/api'

/**
 * Warns on OpenTelemetry's diagnostics logger. The logger is the app's, and what it throws must not reach the code that
 * records.
 */
export function warn(message: string): void {
  try {
    diag.warn(message)
  } catch {}
}
