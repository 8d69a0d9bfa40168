import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { METRICS, OTHER } from '@agentgateway-otel/metrics'
import { FAMILIES, type Family } from './families.ts'
import type { Row, Snapshot } from './snapshot.ts'
import { Recorder } from './snapshot-encoder.ts'
import { Sums } from './sums.ts'

const family = (name: string) => FAMILIES.get(name) as Family
const REQUESTS = family(METRICS.requests.name)
const ACTIVE = family(METRICS.connectionsActive.name)
const DURATION = family(METRICS.requestDuration.name)

/** A process with these series, of families with one number each. */
function snapshot(...series: readonly [Family, labels: readonly string[], value: number][]): Snapshot {
  const rows: Row[] = series.map(([family, labels]) => ({ family, labels }))
  return {
    process: undefined,
    absorbed: [],
    series: { rows, offsets: rows.map((_, i) => i) },
    values: Float64Array.from(series.map(([, , value]) => value)),
  }
}

function result(sums: Sums): unknown[] {
  return [...sums.families()].flatMap(([, rows]) =>
    rows.map(({ family, labels, offset }) => [family.name, labels, sums.values[offset]]),
  )
}

const GET = ['GET', '200', '/', 'http']

describe('the sums of many processes', () => {
  it('add up what has the same labels, and leave out the gauges of who has ended', () => {
    const sums = new Sums()
    for (let turn = 0; turn < 2; turn++) {
      sums.begin()
      sums.add(snapshot([REQUESTS, GET, 2], [ACTIVE, ['80', 'http'], 5]), true)
      sums.add(snapshot([ACTIVE, ['80', 'http'], 7], [REQUESTS, GET, 3], [ACTIVE, ['81', 'http'], 1]), false)
      assert.deepEqual(result(sums), [
        [REQUESTS.name, GET, 5],
        [ACTIVE.name, ['80', 'http'], 5],
      ])
    }
  })

  it('do not have a gauge any more that nobody observes', () => {
    const sums = new Sums()
    sums.begin()
    sums.add(snapshot([ACTIVE, ['80', 'http'], Number.NaN]), true)
    assert.deepEqual(result(sums), [])
  })

  it('tell label values apart that would look alike when written one after the other', () => {
    const sums = new Sums()
    sums.begin()
    sums.add(
      snapshot([REQUESTS, ['GET', '200', 'a4:http', 'http'], 1], [REQUESTS, ['GET', '200', 'a', '4:http'], 1]),
      true,
    )
    assert.equal(result(sums).length, 2)
  })

  it('are bounded: what is one too many has _OTHER for labels that are open', () => {
    const sums = new Sums(2)
    sums.begin()
    const many = Array.from({ length: 10 }, (_, i) => [REQUESTS, ['GET', '200', `/${i}`, 'http'], 1] as const)
    sums.add(
      snapshot(...many.map(([one, labels, value]): [Family, string[], number] => [one, [...labels], value])),
      true,
    )
    assert.deepEqual(result(sums), [
      [REQUESTS.name, ['GET', '200', '/0', 'http'], 1],
      [REQUESTS.name, ['GET', '200', '/1', 'http'], 1],
      [REQUESTS.name, ['GET', '200', OTHER, 'http'], 8],
    ])
  })

  it('of seconds are the same in whatever order they are added', () => {
    const recorders = Array.from({ length: 20 }, (_, i) => {
      const recorder = new Recorder({ id: `p${i}`, pid: 1, cwd: '', entry: '', ancestors: [] })
      recorder.update(durations(Math.random() * 10 ** (i % 7)), true)
      return recorder.snapshot
    })
    const totals = new Set<number | undefined>()
    for (let i = 0; i < 200; i++) {
      const sums = new Sums()
      sums.begin()
      for (const one of recorders.toSorted(() => Math.random() - 0.5)) sums.add(one, true)
      totals.add(sums.values[DURATION.buckets.length + 1])
    }
    assert.equal(totals.size, 1)
  })
})

/** A collection with one histogram that has this sum. */
function durations(sum: number) {
  const counts = [1, ...DURATION.buckets.map(() => 0)]
  const value = { count: 1, sum, buckets: { boundaries: [...DURATION.buckets], counts } }
  const attributes = Object.freeze({ method: 'GET', status: '200', route: '/', protocol: 'http' })
  const metric = { descriptor: { name: DURATION.name }, dataPoints: [{ attributes, value }] }
  return { scopeMetrics: [{ metrics: [metric] }] } as unknown as Parameters<Recorder['update']>[0]
}
