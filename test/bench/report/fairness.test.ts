import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findUnfairPlaces } from './fairness.ts'

const A_A = { 'place 1': [100, 101, 99, 100], 'place 2': [101, 102, 98, 101] }

describe('an A/A test', () => {
  it('passes where the middle half of the rounds of each place is within three hundredths of the median of all', () => {
    assert.deepEqual(findUnfairPlaces({}, { cpu: A_A }), [])
  })

  it('fails where a place costs more, although all are the same', () => {
    const unfair = { ...A_A, 'place 3': [105, 104, 106, 105], 'place 4': [99, 100, 100, 99] }
    assert.match(
      findUnfairPlaces({}, { cpu: unfair }).join('\n'),
      /^cpu of place 3 is 1\.04\d \(1\.0\d\d to 1\.0\d\d\) .*same$/,
    )
  })

  it('fails where the rounds of a place disagree, although their median is that of all', () => {
    const noisy = { ...A_A, 'place 3': [90, 111, 89, 110] }
    assert.equal(findUnfairPlaces({}, { cpu: noisy }).length, 1)
  })

  it('looks only at the measures that are compared', () => {
    const noisy = { 'place 1': [1, 1], 'place 2': [2, 2] }
    assert.deepEqual(findUnfairPlaces({ compared: ['cpu'] }, { cpu: A_A, throughput: noisy }), [])
  })
})
