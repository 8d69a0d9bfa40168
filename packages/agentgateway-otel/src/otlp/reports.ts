import type { Log } from '../log.ts'
import { DataRefusedError } from './transport.ts'

/** How many kinds are reported until exports succeed again. */
const MAX_KINDS = 20

/** Says on stderr what an operator has to know of the exports: each kind of thing once. */
export interface Reports {
  /** An export has failed. */
  failed(error: Error): void
  /** An export has succeeded; this is said only after one that failed. */
  succeeded(): void
  /** The collector accepted an export, but something about its response is wrong. */
  warned(text: string): void
}

/**
 * Creates the reports of one exporter.
 *
 * What is said is of the same kind if it is the same up to the first colon: what follows it, such as the collector's own
 * words, may be other words each time. When an export has succeeded again, failures are reported anew.
 *
 * @param url where exports go, fit to be shown
 */
export function createReports(url: string, log: Log): Reports {
  const failures = new Set<string>()
  const warnings = new Set<string>()

  function once(kinds: Set<string>, text: string, line: string): void {
    const [kind = ''] = text.split(':', 1)
    if (kinds.has(kind) || kinds.size >= MAX_KINDS) return
    kinds.add(kind)
    log('warn', line)
  }

  return {
    failed(error) {
      const { message } = error
      const next = error instanceof DataRefusedError ? 'that data is not sent again' : 'trying again with each export'
      once(failures, message, `cannot send metrics to ${url} (${message}); ${next}`)
    },
    succeeded() {
      if (failures.size > 0) log('info', `metrics are sent to ${url} again`)
      failures.clear()
    },
    warned(text) {
      once(warnings, text, `metrics were sent to ${url}, but ${text}`)
    },
  }
}
