import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FAMILIES, type Family, ProcessSeries, TextWriter } from '@agentgateway-otel/exporter'
import { METRICS, OTHER } from '@agentgateway-otel/metrics'
import type { Snapshot } from './snapshot.ts'
import { Sums } from './sums.ts'

const family = (name: string) => FAMILIES.get(name) as Family
const REQUESTS = family(METRICS.requests.name)
const ACTIVE = family(METRICS.connectionsActive.name)
const DURATION = family(METRICS.requestDuration.name)
const BUILD = family(METRICS.buildInfo.name)

/** The snapshot of a process with these series, of families that have one number each. */
function snapshot(...series: readonly [Family, labels: readonly string[], value: number][]): Snapshot {
  return {
    process: undefined,
    merged: [],
    rows: series.map(([family, labels], offset) => ({
      family,
      labels,
      offset,
      createdMs: 0,
      exemplars: undefined,
    })),
    values: Float64Array.from(series.map(([, , value]) => value)),
    otherBuckets: [],
    others: [],
  }
}

function result({ table }: Sums): unknown[] {
  return Array.from(table.presentRows(), ({ family, labels, offset }) => [family.name, labels, table.values[offset]])
}

const GET = ['GET', '200', '/', 'http']

describe('Sums', () => {
  it('adds up series of the same labels, and leaves out the gauges of a process that ended', () => {
    const sums = new Sums()
    for (let i = 0; i < 2; i++) {
      sums.begin()
      sums.add(snapshot([REQUESTS, GET, 2], [ACTIVE, ['80', 'http'], 5]), true)
      sums.add(snapshot([ACTIVE, ['80', 'http'], 7], [REQUESTS, GET, 3], [ACTIVE, ['81', 'http'], 1]), false)
      assert.deepEqual(result(sums), [
        [REQUESTS.name, GET, 5],
        [ACTIVE.name, ['80', 'http'], 5],
      ])
    }
  })

  it('has the information about a build once, however many processes have it', () => {
    const sums = new Sums()
    sums.begin()
    for (const tag of ['1.0.0', '1.0.0', '1.1.0']) sums.add(snapshot([BUILD, [tag], 1]), true)
    assert.deepEqual(result(sums), [
      [BUILD.name, ['1.0.0'], 1],
      [BUILD.name, ['1.1.0'], 1],
    ])
  })

  it('leaves out a gauge that no process observes', () => {
    const sums = new Sums()
    sums.begin()
    sums.add(snapshot([ACTIVE, ['80', 'http'], Number.NaN]), true)
    assert.deepEqual(result(sums), [])
  })

  it('tells apart label values that would be equal when joined', () => {
    const sums = new Sums()
    sums.begin()
    sums.add(
      snapshot([REQUESTS, ['GET', '200', 'a4:http', 'http'], 1], [REQUESTS, ['GET', '200', 'a', '4:http'], 1]),
      true,
    )
    assert.equal(result(sums).length, 2)
  })

  it('adds a series beyond the limit to the one that has _OTHER for its open labels', () => {
    const sums = new Sums(undefined, 2)
    sums.begin()
    const many = Array.from({ length: 10 }, (_, i) => [REQUESTS, ['GET', '200', `/${i}`, 'http'], 1] as const)
    sums.add(
      snapshot(...many.map(([family, labels, value]): [Family, string[], number] => [family, [...labels], value])),
      true,
    )
    assert.deepEqual(result(sums), [
      [REQUESTS.name, ['GET', '200', '/0', 'http'], 1],
      [REQUESTS.name, ['GET', '200', '/1', 'http'], 1],
      [REQUESTS.name, ['GET', '200', OTHER, 'http'], 8],
    ])
  })

  it('gets the same sum of seconds in whatever order processes are added', () => {
    const snapshots = Array.from({ length: 20 }, (_, i) => durations(Math.random() * 10 ** (i % 7)))
    const totals = new Set<number | undefined>()
    for (let i = 0; i < 200; i++) {
      const sums = new Sums()
      for (const added of snapshots.toSorted(() => Math.random() - 0.5)) sums.add(added, true)
      totals.add(sums.table.values[DURATION.buckets.length + 1])
    }
    assert.equal(totals.size, 1)
  })

  it('does not change when it is added to other sums, as the sums of ended processes are', () => {
    const [first, second] = [new Sums(), new Sums()]
    for (let i = 0; i < 20; i++) first.add(durations(Math.random() * 10 ** (i % 7)), true)
    const { rows, values } = first.table
    second.add({ process: undefined, merged: [], rows, values, otherBuckets: [], others: [] }, true)
    assert.deepEqual(second.table.values, first.table.values)
  })

  it('of one process has the same text as that process alone, but for sums that are rounded up', () => {
    const { rows, values } = durations(0.1)
    const alone = new ProcessSeries()
    alone.update(collection(0.1), true)
    const sums = new Sums()
    sums.add({ process: undefined, merged: [], rows, values, otherBuckets: [], others: [] }, true)
    const [own, summed] = [alone.table, sums.table].map((table) => {
      const pieces = new TextWriter(table, { gateway: 'x' }, new Set()).take().write({ format: 'text' })
      return Buffer.concat([...pieces])
        .toString()
        .split('\n')
    })
    const isSum = (line: string) => line.startsWith(`${DURATION.name}_sum`)
    const sumOf = (lines: readonly string[] = []) => Number(lines.find(isSum)?.split(' ').at(-1))
    assert.deepEqual(
      summed?.filter((line) => !isSum(line)),
      own?.filter((line) => !isSum(line)),
    )
    assert.equal(sumOf(own), 0.1)
    assert.ok(sumOf(summed) >= 0.1 && sumOf(summed) < 0.1 + 2 ** -20, String(sumOf(summed)))
  })
})

/** The snapshot of a process with one histogram that has this sum. */
function durations(sum: number): Snapshot {
  const series = new ProcessSeries()
  series.update(collection(sum), true)
  const { rows, values } = series.table
  return { process: undefined, merged: [], rows, values, otherBuckets: [], others: [] }
}

function collection(sum: number) {
  const counts = [1, ...DURATION.buckets.map(() => 0)]
  const value = { count: 1, sum, buckets: { boundaries: [...DURATION.buckets], counts } }
  const attributes = Object.freeze({ method: 'GET', status: '200', route: '/', protocol: 'http' })
  const metric = { descriptor: { name: DURATION.name }, dataPoints: [{ attributes, value, startTime: [0, 0] }] }
  return { scopeMetrics: [{ metrics: [metric] }] } as unknown as Parameters<ProcessSeries['update']>[0]
}
