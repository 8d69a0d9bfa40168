import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEFAULT_METRICS, METRICS, OPTIONAL_METRICS } from '@agentgateway-otel/metrics'
import { EMPTY_REASONS, emptyReason } from './empty-reasons.ts'

describe('the reason why a metric has no series', () => {
  it('is one sentence for each default metric', () => {
    const keys = Object.keys(METRICS) as (keyof typeof METRICS)[]
    const defaults = keys.filter((key) => DEFAULT_METRICS.some(({ name }) => name === METRICS[key].name))
    assert.deepEqual(Object.keys(EMPTY_REASONS).sort(), defaults.sort())
    for (const { name } of DEFAULT_METRICS) assert.match(emptyReason(name), /^[A-Z][^.]+(?:\.[^ .][^.]*)*\.$/)
  })

  it('is there for optional metrics and those of others too', () => {
    for (const name of [...OPTIONAL_METRICS.map(({ name }) => name), 'any', '__proto__']) {
      assert.match(emptyReason(name), /\.$/)
    }
  })
})
