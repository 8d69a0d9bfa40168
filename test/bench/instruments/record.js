// Prints the nanoseconds that a record takes, by the number of its labels: record.js LIBRARY KIND MODE MILLISECONDS
import { LIBRARIES } from './libraries.js'

const [, , library, kind, mode, milliseconds] = process.argv
const NAMES = ['region', 'method', 'status', 'route', 'protocol', 'tenant', 'version', 'zone']

/** Sixteen series in turn, as a single one would always be found in a cache. */
const SERIES = Array.from({ length: 16 }, (_, i) => `value-${i}`)

/** Makes a new attributes object from the values, as code with `{ name: value }` does. */
const FRESH = {
  0: () => ({}),
  1: (v) => ({ region: v }),
  4: (v) => ({ region: v, method: 'GET', status: '200', route: '/things/:id' }),
  8: (v) => ({
    region: v,
    method: 'GET',
    status: '200',
    route: '/things/:id',
    protocol: 'http',
    tenant: 'a',
    version: '1.2.3',
    zone: 'b',
  }),
}

const { instrument } = await LIBRARIES[library]()
const loops = Object.entries(FRESH).map(([labels, make]) => {
  const { record, bind } = instrument(kind, NAMES.slice(0, labels))
  const known = SERIES.map((value) => Object.freeze(make(value)))
  if (mode === 'known') return [labels, (i) => record(spread(i), known[i & 15])]
  if (mode === 'fresh') return [labels, (i) => record(spread(i), make(SERIES[i & 15]))]
  if (labels === '0') return [labels, (i) => record(spread(i), known[0])]
  const bound = known.map(bind)
  return [labels, (i) => bound[i & 15](spread(i))]
})

/** Values that are spread over the buckets. */
function spread(i) {
  return (i & 1023) / 256
}

function nanoseconds(loop, count) {
  const start = process.hrtime.bigint()
  for (let i = 0; i < count; i++) loop(i)
  return Number(process.hrtime.bigint() - start) / count
}

const result = {}
for (const turn of ['warm-up', 'measured']) {
  for (const [labels, loop] of loops) {
    const estimate = nanoseconds(loop, 10_000)
    const count = Math.max(10_000, Math.ceil((milliseconds * 1e6) / estimate))
    const measured = nanoseconds(loop, count)
    if (turn === 'measured') result[labels] = measured
  }
}
console.log(JSON.stringify(result))
process.exit()
