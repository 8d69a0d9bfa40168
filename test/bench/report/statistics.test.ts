import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { summarizeAdded, summarizeAddedRatio } from './ratios.ts'
import { summarize } from './statistics.ts'

describe('summarize', () => {
  it('returns the median and the ends of the middle half', () => {
    assert.deepEqual(summarize([5, 1, 4, 2, 3]), { lower: 2, median: 3, upper: 4 })
    assert.deepEqual(summarize([2, 1]), { lower: 1.25, median: 1.5, upper: 1.75 })
    assert.deepEqual(summarize([7]), { lower: 7, median: 7, upper: 7 })
  })
})

describe('summarizeAdded and summarizeAddedRatio', () => {
  const rounds = { bare: [10, 20, 40], 'agentgateway-otel': [11, 22, 44], other: [14, 24, 48] }

  it('compare variants within each round, and summarize the differences and ratios of the rounds', () => {
    assert.deepEqual(summarizeAdded(rounds, 'agentgateway-otel'), { lower: 1.5, median: 2, upper: 3 })
    assert.deepEqual(summarizeAddedRatio(rounds, 'other'), { lower: 0.375, median: 0.5, upper: 0.5 })
  })
})
