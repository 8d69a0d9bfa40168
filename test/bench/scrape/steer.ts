/**
 * Prints what a scrape costs each contestant, quickly. Run it after `pnpm build`:
 *
 *     node test/bench/scrape/steer.ts --sizes 9000,92000 --formats text,openmetrics --encodings identity,gzip
 *     node test/bench/scrape/steer.ts --sizes 9000 --processes 4,16 --formats text --encodings identity
 *
 * `--contestants agentgateway-otel` measures ours alone; all names are in `contestants.js`. Columns: CPU of all threads and of
 * the main thread per scrape, net of what the measurement itself costs; the median and the worst of the longest iterations
 * of the event loop, in the main thread's CPU time; the peak of heap + external memory above that after a collection
 * before the scrape, which includes garbage, and relative to the length of the uncompressed text; the peak of resident
 * memory likewise; what is kept after a collection.
 */
import { parseArgs } from 'node:util'
import { measureScrapes } from './measure-scrapes.ts'

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '9000,92000' },
    formats: { type: 'string', default: 'text,openmetrics' },
    encodings: { type: 'string', default: 'identity,gzip' },
    contestants: { type: 'string', default: 'bare,agentgateway-otel,prom-client,@prometheus-io/client' },
    processes: { type: 'string', default: '1' },
    turns: { type: 'string', default: '5' },
    warmup: { type: 'string', default: '' },
    changed: { type: 'string', default: '100' },
  },
})
const list = (text: string) => text.split(/,(?! )/)

for (const processes of list(values.processes).map(Number)) {
  for (const lines of list(values.sizes).map(Number)) {
    for (const format of list(values.formats) as ('text' | 'openmetrics')[]) {
      for (const encoding of list(values.encodings) as ('identity' | 'gzip')[]) {
        const scrapeCase = { contestants: list(values.contestants), lines, format, encoding, processes }
        const isLarge = lines > 50_000
        const costs = await measureScrapes(
          { ...scrapeCase, changed: Number(values.changed) },
          {
            rounds: 1,
            turns: Number(values.turns),
            warmUp: Number(values.warmup) || (isLarge ? 2 : 10),
            scrapes: isLarge ? 2 : 5,
          },
        ).catch((error: Error) => error)
        console.log(`\n${lines} lines, ${format}, ${encoding}, processes: ${processes}`)
        if (costs instanceof Error) {
          console.log(costs.message)
          continue
        }
        const value = (measure: string, name: string) => costs[measure]?.[name]?.[0] ?? Number.NaN
        const round = (number: number) => Number(number.toPrecision(3))
        console.table(
          Object.fromEntries(
            scrapeCase.contestants.map((name) => [
              name,
              {
                lines: value('lines', name),
                cpuMs: round(value('cpuMs', name)),
                threadMs: round(value('threadMs', name)),
                'ns/line': round((value('cpuMs', name) * 1e6) / value('lines', name)),
                sliceMs: round(value('sliceMs', name)),
                worstSliceMs: round(value('worstSliceMs', name)),
                wallMs: round(value('wallMs', name)),
                MB: round(value('bytes', name) / 1e6),
                usedMB: round(value('usedBytes', name) / 1e6),
                'used/text': round(value('usedBytes', name) / value('textBytes', name)),
                residentMB: round(value('residentBytes', name) / 1e6),
                keptMB: round(value('keptBytes', name) / 1e6),
              },
            ]),
          ),
        )
      }
    }
  }
}
