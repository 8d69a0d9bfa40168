import { writeSync } from 'node:fs'
import type { LogLevel } from './configuration.ts'

type Severity = 'error' | 'warn' | 'info' | 'debug'

export type Log = (severity: Severity, text: string) => void

const RANK: Readonly<Record<LogLevel, number>> = { none: 0, error: 1, warn: 2, info: 3, debug: 4, verbose: 5, all: 6 }

const STDERR = 2

/** One line on stderr a call. Written to the descriptor: `process.stderr` would make a stream that the app did not. */
export function createLog(level: LogLevel): Log {
  return (severity, text) => {
    if (RANK[severity] > RANK[level]) return
    try {
      writeSync(STDERR, `agentgateway-otel: ${text}\n`)
    } catch {
      // stderr is closed, or full: the app must not suffer for a line of ours.
    }
  }
}
