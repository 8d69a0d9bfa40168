import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { alignCells, joinCells } from './table.ts'
import { widthOf } from './width.ts'

const ROWS = [
  ['name', 'rate'],
  ['/a/rather/long/route', '1.5'],
  ['漢字', '12,345'],
]
const COLUMNS = [{ isElastic: true }, { align: 'right' }] as const

describe('alignCells', () => {
  it('pads cells to the widths of their columns', () => {
    assert.deepEqual(alignCells(COLUMNS, ROWS).map(joinCells), [
      'name                    rate',
      '/a/rather/long/route     1.5',
      '漢字                  12,345',
    ])
  })

  it('cuts what is in an elastic column where the lines are too wide', () => {
    const lines = alignCells(COLUMNS, ROWS, 20).map(joinCells)
    assert.deepEqual(lines, ['name            rate', '/a/rather/l…     1.5', '漢字          12,345'])
    assert.ok(lines.every((line) => widthOf(line) <= 20))
  })

  it('keeps a column as wide as it has to be', () => {
    assert.deepEqual(alignCells([{ minWidth: 4 }, {}], [['a', 'b']]).map(joinCells), ['a     b'])
  })
})
