import { diag } from '@opentelemetry/api'

/** Tells OpenTelemetry's diagnostics logger, which is the app's: whatever it throws must not reach who records. */
export function warn(message: string): void {
  try {
    diag.warn(message)
  } catch {}
}
