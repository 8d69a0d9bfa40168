import { printableLines } from '../../printable.ts'
import { reportConfiguration } from './report.ts'
import { jsonOfReport } from './report-json.ts'
import { textOfReport } from './report-text.ts'

/** Where the terminal does not say it. */
const DEFAULT_WIDTH = 80

/** Writes the configuration that an app would have here to stdout. @param command what starts the app, or nothing */
export async function printConfiguration(command: readonly string[], isJson: boolean): Promise<void> {
  const report = await reportConfiguration(command, process.cwd(), process.env)
  process.stdout.write(
    isJson
      ? `${printableLines(JSON.stringify(jsonOfReport(report), undefined, 2))}\n`
      : textOfReport(report, process.stdout.columns ?? DEFAULT_WIDTH),
  )
}
