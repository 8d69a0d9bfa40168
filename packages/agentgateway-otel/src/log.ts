import { unpatchedFs } from '@agentgateway-otel/processes'
import type { LogLevel } from './configuration/configuration.ts'

type Severity = 'error' | 'warn' | 'info' | 'debug'

/** Writes one line to stderr, when its severity is within the log level. */
export type Log = (severity: Severity, text: string) => void

const RANK: Readonly<Record<LogLevel, number>> = { none: 0, error: 1, warn: 2, info: 3, debug: 4, verbose: 5, all: 6 }

const STDERR = 2

/** A longer text is cut. */
const MAX_CHARACTERS = 4000

/**
 * The characters that would affect a terminal or a reader of lines: control characters, all line ends, and those that
 * change the direction of writing.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern finds control characters
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/**
 * Returns the text as one line without unprintable characters. It may contain values from the environment and from
 * other processes, which must not look like a line of their own or control the terminal.
 */
function printable(text: string): string {
  const cut = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text
  return cut.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/**
 * Creates a log that writes to stderr's descriptor: `process.stderr` would create a stream that the app did not ask
 * for.
 */
export function createLog(level: LogLevel): Log {
  return (severity, text) => {
    if (RANK[severity] > RANK[level]) return
    try {
      unpatchedFs.writeSync(STDERR, `agentgateway-otel: ${printable(text)}\n`)
    } catch {
      // stderr is closed or full. A lost line is better than an exception in the app.
    }
  }
}
