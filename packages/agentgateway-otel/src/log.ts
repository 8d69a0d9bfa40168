import { unpatchedFs } from '@agentgateway-otel/processes'
import type { LogLevel } from './configuration.ts'

type Severity = 'error' | 'warn' | 'info' | 'debug'

export type Log = (severity: Severity, text: string) => void

const RANK: Readonly<Record<LogLevel, number>> = { none: 0, error: 1, warn: 2, info: 3, debug: 4, verbose: 5, all: 6 }

const STDERR = 2

/** What is longer is cut. */
const MAX_CHARACTERS = 4000

/**
 * What a terminal, or a reader of lines, would take for more than text: control characters, the other ends of lines, and
 * what turns the direction of writing.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to be found
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/**
 * The text as one line. Values come from the environment and from other processes: none may look like a line of its own, or
 * control the terminal.
 */
function printable(text: string): string {
  const cut = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text
  return cut.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** One line on stderr a call. Written to the descriptor: `process.stderr` would make a stream that the app did not. */
export function createLog(level: LogLevel): Log {
  return (severity, text) => {
    if (RANK[severity] > RANK[level]) return
    try {
      unpatchedFs.writeSync(STDERR, `agentgateway-otel: ${printable(text)}\n`)
    } catch {
      // stderr is closed, or full: the app must not suffer for a line of ours.
    }
  }
}
