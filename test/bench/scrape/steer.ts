/**
 * Prints what a scrape costs each contestant, quickly. Run it after `pnpm build`; flags of Node.js
 * for the contestants' processes go into SERVE_FLAGS:
 *
 *     node test/bench/scrape/steer.ts --sizes 9000,92000 --formats text,openmetrics --encodings identity,gzip
 *
 * `--contestants agentgateway-otel` measures ours alone; all names are in `contestants.js`. Columns: CPU of all threads and of
 * the main thread per scrape, net of what the measurement itself costs; the median and the worst of the longest iterations
 * of the event loop, in the main thread's CPU time; the peak of heap + external memory above that after a collection
 * before the scrape, which includes garbage, and relative to the length of the uncompressed text; the peak of resident
 * memory likewise; what is kept after a collection.
 */
import { parseArgs } from 'node:util'
import { measureScrapes } from './side-by-side.ts'

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '9000,92000' },
    formats: { type: 'string', default: 'text,openmetrics' },
    encodings: { type: 'string', default: 'identity,gzip' },
    contestants: { type: 'string', default: 'agentgateway-otel,prom-client,@prometheus-io/client' },
    turns: { type: 'string', default: '5' },
    changed: { type: 'string', default: '100' },
  },
})
const list = (text: string) => text.split(',')

for (const lines of list(values.sizes).map(Number)) {
  for (const format of list(values.formats) as ('text' | 'openmetrics')[]) {
    for (const encoding of list(values.encodings) as ('identity' | 'gzip')[]) {
      const costs = await measureScrapes({
        contestants: list(values.contestants),
        lines,
        format,
        encoding,
        changed: Number(values.changed),
        turns: Number(values.turns),
        scrapes: lines > 50_000 ? 2 : 5,
        warmUp: lines > 50_000 ? 5 : 20,
      }).catch((error: Error) => error)
      console.log(`\n${lines} lines, ${format}, ${encoding}`)
      if (costs instanceof Error) {
        console.log(costs.message)
        continue
      }
      console.table(
        Object.fromEntries(
          Object.entries(costs).map(([name, cost]) => [
            name,
            Object.fromEntries(Object.entries(cost).map(([measure, value]) => [measure, Number(value.toPrecision(3))])),
          ]),
        ),
      )
    }
  }
}
