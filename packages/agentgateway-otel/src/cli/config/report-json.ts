import type { ConfigReport } from './report.ts'

/** Returns what `config --json` writes. The README documents it. */
export function jsonOfReport({ settings, ...report }: ConfigReport): object {
  return {
    ...report,
    settings: Object.fromEntries(
      settings.map(({ name, variable = null, file = null, ...setting }) => [name, { ...setting, variable, file }]),
    ),
  }
}
