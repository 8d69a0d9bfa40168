import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ExpositionParser } from '../../reading/exposition-parser.ts'
import { boundsOf, bucketsOf, only, splitKey, sumBy, sumOf } from '../../reading/query.ts'
import { HISTORY_MS, History } from './history.ts'
import { rateLines, rateOf } from './lines.ts'

function scrape(...samples: string[]) {
  const parser = new ExpositionParser()
  parser.push(['# TYPE c_total counter', ...samples, ''].join('\n'))
  return parser.end()
}

const BY_STATUS = sumBy('c_total', 'status')
const OK = JSON.stringify(['200'])

describe('History', () => {
  it('sums series by a label, and takes their rate over 30 seconds', () => {
    const history = new History([BY_STATUS])
    for (let i = 0; i <= 12; i++) {
      history.add(5000 * i, scrape(`c_total{status="200",x="1"} ${10 * i}`, `c_total{status="200",x="2"} ${5 * i}`))
    }
    assert.deepEqual(history.latest(BY_STATUS), new Map([[OK, [180]]]))
    assert.equal(history.latestGrowth(BY_STATUS)?.seconds, 30)
    assert.equal(rateOf(history.latestGrowth(BY_STATUS), OK), 3)
  })

  it('has no rate at its first point, and counts a series that is new from 0', () => {
    const history = new History([BY_STATUS])
    history.add(0, scrape())
    assert.ok(Number.isNaN(rateOf(history.latestGrowth(BY_STATUS), OK)))
    history.add(5000, scrape('c_total{status="200"} 10'))
    assert.equal(rateOf(history.latestGrowth(BY_STATUS), OK), 2)
  })

  it('takes a counter that has fallen for one that began again at 0', () => {
    const history = new History([BY_STATUS])
    history.add(0, scrape('c_total{status="200"} 1000'))
    history.add(10_000, scrape('c_total{status="200"} 20'))
    assert.equal(rateOf(history.latestGrowth(BY_STATUS), OK), 2)
  })

  it('takes a histogram of other buckets for one that began again at 0, and reads its sum and its bounds', () => {
    const ofHistogram = (...bounds: readonly string[]) => {
      const parser = new ExpositionParser()
      const buckets = bounds.map((bound) => `h_bucket{le="${bound}"} 3\n`)
      parser.push(`# TYPE h histogram\n${buckets.join('')}h_sum 5\nh_count 3\n`)
      return parser.end()
    }
    const query = sumOf('h')
    const history = new History([query])
    history.add(0, ofHistogram('1', '+Inf'))
    history.add(10_000, ofHistogram('1', '2', '+Inf'))
    assert.deepEqual(bucketsOf(only(history.latestGrowth(query)?.groups) ?? []), { counts: [3, 3, 3], sum: 5 })
    assert.deepEqual(boundsOf('h', ofHistogram('1', '2', '+Inf')), [1, 2, Number.POSITIVE_INFINITY])
  })

  it('forgets what is older than ten minutes', () => {
    const history = new History([])
    for (let timeMs = 0; timeMs <= 2 * HISTORY_MS; timeMs += 60_000) history.add(timeMs, scrape())
    assert.equal(history.times[0], HISTORY_MS)
  })
})

describe('the lines of a chart', () => {
  it('are those of the largest groups, and one for the rest', () => {
    const query = sumBy('c_total', 'x')
    const history = new History([query])
    const samples = (factor: number) => Array.from({ length: 20 }, (_, i) => `c_total{x="${i}"} ${factor * i}`)
    history.add(0, scrape(...samples(0)))
    history.add(1000, scrape(...samples(1)))
    const lines = rateLines(history, query, { name: (key) => splitKey(key)[0] ?? '' })
    assert.deepEqual(
      lines.map(({ name, values }) => [name, values.at(-1)]),
      [
        ['19', 19],
        ['18', 18],
        ['17', 17],
        ['16', 16],
        ['15', 15],
        ['14', 14],
        ['14 others', 91],
      ],
    )
  })

  it('keep groups apart whose labels hold any text', () => {
    const query = sumBy('c_total', 'x', 'y')
    const history = new History([query, sumOf('c_total')])
    history.add(0, scrape('c_total{x="a\\",\\"b",y="c"} 1', 'c_total{x="a",y="b\\",\\"c"} 2'))
    assert.deepEqual([...history.latest(query).keys()].map(splitKey), [
      ['a","b', 'c'],
      ['a', 'b","c'],
    ])
  })
})
