import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { METRICS } from '@agentgateway-otel/metrics'
import { FAMILIES, type Family } from './families.ts'
import { decodeSnapshot, encodeAbout, encodeRow, encodeSnapshot, type Row } from './snapshot.ts'

const REQUESTS = FAMILIES.get(METRICS.requests.name) as Family
const OWNER = { id: 'one', pid: 1, cwd: '/', entry: '/app.js', ancestors: [2] }

const rowsOf = (...routes: string[]): Row[] =>
  routes.map((route) => ({ family: REQUESTS, labels: ['GET', '200', route, 'http'] }))

function fileOf(
  rows: readonly Row[],
  values: readonly number[],
  about: Buffer = encodeAbout({ process: OWNER }),
): Buffer {
  return Buffer.concat(encodeSnapshot([about, Buffer.from(rows.map(encodeRow).join(''))], Float64Array.from(values)))
}

describe('a snapshot', () => {
  it('is read as it was written', () => {
    const rows = rowsOf('/', '/:id', 'ü\n"')
    const { snapshot } = decodeSnapshot(fileOf(rows, [1, Number.NaN, 2 ** 53]))
    assert.deepEqual(snapshot.process, OWNER)
    assert.deepEqual(snapshot.series, { rows, offsets: [0, 1, 2] })
    assert.deepEqual([...snapshot.values], [1, Number.NaN, 2 ** 53])
  })

  it('leaves out a series whose text would be that of another, since UTF-8 has no lone surrogates', () => {
    const { snapshot } = decodeSnapshot(fileOf(rowsOf('/\ud800', '/\u{1f388}'), [1, 2]))
    assert.deepEqual(snapshot.series, { rows: [undefined, ...rowsOf('/\u{1f388}')], offsets: [0, 1] })
  })

  it('goes on with the same table when it has grown, and begins another when it is not the same any more', () => {
    const first = decodeSnapshot(fileOf(rowsOf('/a'), [1]))
    const more = decodeSnapshot(fileOf(rowsOf('/a', '/b'), [2, 3]), first)
    assert.equal(more.snapshot.series, first.snapshot.series)
    assert.deepEqual(more.snapshot.series, { rows: rowsOf('/a', '/b'), offsets: [0, 1] })
    const other = decodeSnapshot(fileOf(rowsOf('/b'), [4]), more)
    assert.notEqual(other.snapshot.series, first.snapshot.series)
    assert.deepEqual(other.snapshot.series, { rows: rowsOf('/b'), offsets: [0] })
  })

  it('says what is wrong with whatever is none, cut off anywhere, and never reads past it', () => {
    const file = fileOf(rowsOf('/a', '/b'), [1, 2])
    for (let length = 0; length < file.length; length++) {
      assert.throws(() => decodeSnapshot(file.subarray(0, length)), Error, `${length} of ${file.length} bytes`)
    }
    const foreign = [{ absorbed: ['../x'] }, { absorbed: 'x' }, { process: {} }, { process: { ...OWNER, id: '/' } }]
    for (const about of foreign) {
      const line = encodeAbout(about as unknown as Parameters<typeof encodeAbout>[0])
      assert.throws(() => decodeSnapshot(fileOf([], [], line)), Error, JSON.stringify(about))
    }
    for (const about of ['null', '1', '{}', '{"format":2}', '{"format":1,"widths":{"x":-1}}', '{"format":1}']) {
      assert.throws(() => decodeSnapshot(fileOf(rowsOf('/'), [1], Buffer.from(`${about}\n`))), Error, about)
    }
  })

  it('survives any byte that is another', () => {
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
