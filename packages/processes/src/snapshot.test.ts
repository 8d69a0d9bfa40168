import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createFamilies, FAMILIES, type Family, type Series } from '@agentgateway-otel/exporter'
import { METRICS } from '@agentgateway-otel/metrics'
import type { MetricData } from '@opentelemetry/sdk-metrics'
import { decodeSnapshot, encodeHeader, encodeRow, encodeSnapshot, OtherFormatError } from './snapshot.ts'
import { SnapshotDirectory } from './snapshot-directory.ts'
import { decodeOthers, encodeOthers } from './snapshot-others.ts'

const REQUESTS = FAMILIES.get(METRICS.requests.name) as Family
const OWNER = { id: 'one', pid: 1, threadId: 0, cwd: '/', entry: '/app.js', ancestors: [2] }

const rowsOf = (...routes: string[]): Series[] =>
  routes.map((route, i) => ({
    family: REQUESTS,
    labels: ['GET', '200', route, 'http'],
    offset: i,
    createdMs: 1_790_000_000_000 + i,
    exemplars: undefined,
  }))

function fileOf(
  rows: readonly Series[],
  values: readonly number[],
  header: Buffer = encodeHeader({ process: OWNER }),
): Buffer {
  return Buffer.concat(encodeSnapshot([header, Buffer.from(rows.map(encodeRow).join(''))], Float64Array.from(values)))
}

const metric = (name: string, dataPointType: number, ...points: readonly [attributes: object, value: unknown][]) => ({
  descriptor: { name, description: 'Help.', unit: 's' },
  dataPointType,
  dataPoints: points.map(([attributes, value]) => ({ attributes, value, startTime: [1, 2], endTime: [3, 4] })),
})

/** Encodes these in a snapshot's file as its other metrics, and decodes it. */
function decodeOthersOf(metrics: unknown) {
  const others = Buffer.from(JSON.stringify(metrics))
  const file = encodeSnapshot([encodeHeader({ process: OWNER })], new Float64Array(), others)
  return decodeSnapshot(Buffer.concat(file)).snapshot.others
}

describe('decodeSnapshot', () => {
  it('returns what was encoded', () => {
    const rows = rowsOf('/', '/:id', 'ü\n"')
    const { snapshot } = decodeSnapshot(fileOf(rows, [1, Number.NaN, 2 ** 53]))
    assert.deepEqual(snapshot.process, OWNER)
    assert.deepEqual(snapshot.rows, rows)
    assert.deepEqual([...snapshot.values], [1, Number.NaN, 2 ** 53])
  })

  it('returns the metrics that the table does not have, and when their series began', () => {
    const attributes = { a: 'ü\n"', b: 1, c: [true] }
    const histogram = { count: 3, sum: 4.5, buckets: { boundaries: [1, 2], counts: [1, 0, 2] } }
    const metrics = [metric('h', 0, [attributes, histogram]), metric('g', 2, [attributes, -1]), metric('c', 3, [{}, 5])]
    const others = decodeOthers(encodeOthers(metrics as unknown as MetricData[]))
    assert.deepEqual(
      others.map(({ descriptor, dataPointType, dataPoints }) => [
        descriptor.name,
        dataPointType,
        dataPoints.map((point) => [point.attributes, point.value]),
      ]),
      [
        ['h', 0, [[attributes, histogram]]],
        ['g', 2, [[attributes, -1]]],
        ['c', 3, [[{}, 5]]],
      ],
    )
    const times = others.flatMap(({ dataPoints }) => dataPoints.map(({ startTime, endTime }) => [startTime, endTime]))
    for (const time of times) {
      assert.deepEqual(time, [
        [1, 2],
        [0, 0],
      ])
    }
  })

  it('leaves out other metrics and data points that are invalid, or out of bounds', () => {
    const bucketsOf = (boundaries: unknown, counts: unknown, count: unknown = 1) => ({
      count,
      buckets: { boundaries, counts },
    })
    const values = [
      Number.NaN,
      'x',
      null,
      {},
      bucketsOf([1], [1]),
      bucketsOf([2, 1], [1, 0, 0]),
      bucketsOf([1], [2, -1]),
      bucketsOf([1], [1, 1]),
      bucketsOf([1], [1, null]),
      bucketsOf({ length: 1 }, [1, 0]),
    ]
    for (const value of values) {
      for (const type of [0, 2, 3]) {
        const points = decodeOthersOf([metric('x', type, [{}, value])]).flatMap(({ dataPoints }) => [...dataPoints])
        assert.deepEqual(points, [], JSON.stringify(value))
      }
    }
    const invalid = [
      null,
      [],
      { dataPoints: [] },
      { ...metric('x', 2), descriptor: { name: 7 } },
      metric('x', 9, [{}, 1]),
    ]
    assert.deepEqual(decodeOthersOf(invalid), [])
    const long = 'x'.repeat(10_000)
    assert.deepEqual(decodeOthersOf([metric(long, 2, [{}, 1])]), [])
    assert.deepEqual(decodeOthersOf([metric('x', 2, [{ a: long }, 1])])[0]?.dataPoints, [])
    assert.deepEqual(decodeOthersOf('none'), [])
  })

  it('leaves out a series with a lone surrogate, because in UTF-8 it would be equal to another', () => {
    const rows = rowsOf('/\ud800', '/\u{1f388}')
    const { snapshot } = decodeSnapshot(fileOf(rows, [1, 2]))
    assert.deepEqual(snapshot.rows, [undefined, rows[1]])
  })

  it('appends to the rows that it returned before when the file has grown, and starts over when it is another one', () => {
    const first = decodeSnapshot(fileOf(rowsOf('/a'), [1]))
    const more = decodeSnapshot(fileOf(rowsOf('/a', '/b'), [2, 3]), first)
    assert.equal(more.snapshot.rows, first.snapshot.rows)
    assert.deepEqual(more.snapshot.rows, rowsOf('/a', '/b'))
    const other = decodeSnapshot(fileOf(rowsOf('/b'), [4]), more)
    assert.notEqual(other.snapshot.rows, first.snapshot.rows)
    assert.deepEqual(other.snapshot.rows, rowsOf('/b'))
  })

  it('throws an Error for a file that is cut off anywhere, or whose header is invalid', () => {
    const file = fileOf(rowsOf('/a', '/b'), [1, 2])
    for (let length = 0; length < file.length; length++) {
      assert.throws(() => decodeSnapshot(file.subarray(0, length)), Error, `${length} of ${file.length} bytes`)
    }
    const invalid = [
      { merged: ['../x'] },
      { merged: 'x' },
      { process: {} },
      { process: { ...OWNER, id: '/' } },
      { process: { ...OWNER, threadId: -1 } },
    ]
    for (const header of invalid) {
      const line = encodeHeader(header as unknown as Parameters<typeof encodeHeader>[0])
      assert.throws(() => decodeSnapshot(fileOf([], [], line)), Error, JSON.stringify(header))
    }
    for (const header of ['null', '1', '{}', '{"widths":{"x":-1}}', '{"widths":1}', '{"widths":{}}']) {
      assert.throws(() => decodeSnapshot(fileOf(rowsOf('/'), [1], Buffer.from(`${header}\n`))), Error, header)
    }
  })

  it('leaves out a histogram of other buckets, however many they are, and names it', () => {
    const histogram = (name: string, bounds: readonly number[]) => {
      const family = createFamilies({ [name]: bounds }).get(name) as Family
      return { family, labels: ['GET', '200', '/', 'http'], offset: 0, createdMs: 1, exemplars: undefined }
    }
    for (const name of [METRICS.requestDuration.name, METRICS.requestSize.name]) {
      const row = histogram(name, [1, 2])
      const header = encodeHeader({ process: OWNER }, createFamilies({ [name]: [1, 2] }))
      const file = fileOf([row], [1, 2, 3, 4], header)
      for (const [bounds, isSame] of [
        [[1, 2], true],
        [[1, 3], false],
        [[1], false],
        [[1, 2, 3], false],
      ] as const) {
        const { rows, otherBuckets } = decodeSnapshot(file, undefined, createFamilies({ [name]: bounds })).snapshot
        assert.deepEqual(
          [rows.map((row) => row?.family.name), otherBuckets],
          isSame ? [[name], []] : [[undefined], [name]],
        )
      }
    }
  })

  it('recognises the file of another version of the package, which the directory ignores without an error', () => {
    const file = fileOf(rowsOf('/'), [1])
    file.write('AGWOTEL1', 'latin1')
    assert.throws(() => decodeSnapshot(file), OtherFormatError)
    const path = mkdtempSync(join(tmpdir(), 'snapshots-'))
    try {
      const errors: unknown[] = []
      const directory = new SnapshotDirectory(path, (error) => errors.push(error))
      writeFileSync(join(path, 'other'), file)
      writeFileSync(join(path, 'nonsense'), 'nonsense')
      directory.refreshSync()
      assert.deepEqual([[...directory.snapshots()], errors.map(String)], [[], ['Error: no snapshot']])
    } finally {
      rmSync(path, { recursive: true })
    }
  })

  it('throws nothing but an Error, whichever byte of a file is another', () => {
    const file = fileOf(rowsOf('/a', '/b'), [1, 2])
    for (let at = 0; at < file.length; at++) {
      for (const bit of [1, 0x80]) {
        const broken = Buffer.from(file)
        broken[at] = (broken[at] as number) ^ bit
        try {
          decodeSnapshot(broken)
        } catch (error) {
          assert.ok(error instanceof Error)
        }
      }
    }
  })
})
