import { unpatchedFs } from '@agentgateway-otel/processes'
import type { LogLevel } from './configuration/configuration.ts'
import { printable } from './printable.ts'

type Severity = 'error' | 'warn' | 'info' | 'debug'

/** Writes one line to stderr, when its severity is within the log level. */
export type Log = (severity: Severity, text: string) => void

const RANK: Readonly<Record<LogLevel, number>> = { none: 0, error: 1, warn: 2, info: 3, debug: 4, verbose: 5, all: 6 }

const STDERR = 2

const MAX_CHARACTERS = 4000

/** Cuts a text that is longer than a line should be. */
const cut = (text: string) => (text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text)

/**
 * Creates a log that writes to stderr's descriptor: `process.stderr` would create a stream that the app did not ask
 * for.
 */
export function createLog(level: LogLevel): Log {
  return (severity, text) => {
    if (RANK[severity] > RANK[level]) return
    try {
      unpatchedFs.writeSync(STDERR, `agentgateway-otel: ${printable(cut(text))}\n`)
    } catch {
      // stderr is closed or full. A lost line is better than an exception in the app.
    }
  }
}
