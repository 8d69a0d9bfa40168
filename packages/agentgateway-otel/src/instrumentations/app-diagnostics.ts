// The messages go to the logger that the app gave to `diag.setLogger`. It is read from the global object, because the API
// that is bundled here would not find a logger that an API of an earlier version has registered.

const API = Symbol.for('opentelemetry.js.api.1')

type Severity = 'error' | 'warn' | 'debug'

function log(severity: Severity, message: string): void {
  try {
    const { diag } = (globalThis as { [API]?: { diag?: Record<Severity, (message: string) => void> } })[API] ?? {}
    diag?.[severity](`agentgateway-otel: ${message}`)
  } catch {
    // The logger is the app's. A lost message is better than an exception in its own calls.
  }
}

const warned = new Set<string>()

/** Logs a warning to the app's OpenTelemetry logger, unless it was logged before. */
export function warnApp(message: string): void {
  if (warned.has(message)) return
  warned.add(message)
  log('warn', message)
}

let hasReported = false

/** Logs an exception of ours: the first one as an error, and later ones, which may be the same, as debug messages. */
export function reportFault(fault: unknown): void {
  log(hasReported ? 'debug' : 'error', `internal error, the app is not affected: ${describe(fault)}`)
  hasReported = true
}

const describe = (fault: unknown) => (fault instanceof Error ? (fault.stack ?? fault.message) : String(fault))
