import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { axisEnd, stack } from './scale.ts'

describe('the axis of a chart', () => {
  it('ends at a round number that has room for the largest value', () => {
    assert.deepEqual([0, Number.NaN, 0.03, 1, 1.01, 37, 4200].map(axisEnd), [1, 1, 0.04, 1, 2, 40, 6000])
  })

  it('stacks layers upon each other, and takes what is not known for 0', () => {
    assert.deepEqual(
      stack([
        [1, Number.NaN],
        [2, 3],
      ]),
      [
        [1, 0],
        [3, 3],
      ],
    )
  })
})
