// Prints how many nanoseconds it takes to record a value, by the number of labels, as JSON. Usage:
// record.js LIBRARY KIND MODE MILLISECONDS
import { LIBRARIES } from './libraries.js'

const [, , library, kind, mode, milliseconds] = process.argv
const LABEL_NAMES = ['region', 'method', 'status', 'route', 'protocol', 'tenant', 'version', 'zone']

/** The first label's values. Sixteen series are used in turn, because a single one would always be in every cache. */
const VALUES = Array.from({ length: 16 }, (_, i) => `value-${i}`)

/** Makes a labels object for each number of labels, as an app does that writes `{ name: value }`. */
const MAKE_LABELS = {
  0: () => ({}),
  1: (value) => ({ region: value }),
  4: (value) => ({ region: value, method: 'GET', status: '200', route: '/things/:id' }),
  8: (value) => ({
    region: value,
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
const recorders = Object.entries(MAKE_LABELS).map(([labels, make]) => {
  const { record, bind } = instrument(kind, LABEL_NAMES.slice(0, labels))
  const known = VALUES.map((value) => Object.freeze(make(value)))
  if (mode === 'known') return [labels, (i) => record(valueAt(i), known[i & 15])]
  if (mode === 'fresh') return [labels, (i) => record(valueAt(i), make(VALUES[i & 15]))]
  if (labels === '0') return [labels, (i) => record(valueAt(i), known[0])]
  const bound = known.map(bind)
  return [labels, (i) => bound[i & 15](valueAt(i))]
})

/** Returns values that fall into many of the buckets. */
function valueAt(i) {
  return (i & 1023) / 256
}

/** Returns the nanoseconds that one of `count` calls takes. */
function nanosecondsPerCall(recordOnce, count) {
  const start = process.hrtime.bigint()
  for (let i = 0; i < count; i++) recordOnce(i)
  return Number(process.hrtime.bigint() - start) / count
}

const result = {}
for (const phase of ['warm-up', 'measurement']) {
  for (const [labels, recordOnce] of recorders) {
    const estimate = nanosecondsPerCall(recordOnce, 10_000)
    const count = Math.max(10_000, Math.ceil((milliseconds * 1e6) / estimate))
    const measured = nanosecondsPerCall(recordOnce, count)
    if (phase === 'measurement') result[labels] = measured
  }
}
console.log(JSON.stringify(result))
process.exit()
