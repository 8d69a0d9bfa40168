import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEFAULT_METRICS, isMetricSelector, METRICS, SELECTABLE_NAMES, selectMetrics, selectsRuntime } from './index.ts'

const defaultNames = DEFAULT_METRICS.map(({ name }) => name)

describe('selectMetrics', () => {
  it('selects the metrics without a group when no selector is given', () => {
    assert.deepEqual([...selectMetrics()], defaultNames)
    assert.deepEqual([...selectMetrics([])], defaultNames)
  })

  it('takes a metric away whose name has a minus before it', () => {
    const selected = selectMetrics(['-agentgateway_request_size_bytes'])
    assert.deepEqual(
      [...selected],
      defaultNames.filter((name) => name !== METRICS.requestSize.name),
    )
  })

  it('applies selectors from left to right', () => {
    const { name } = METRICS.requestSize
    assert.equal(selectMetrics([`-${name}`, name]).has(name), true)
    assert.equal(selectMetrics([name, `-${name}`]).has(name), false)
  })

  it('ignores a selector that names no metric and no group', () => {
    assert.deepEqual([...selectMetrics(['nonsense', '-'] as never)], defaultNames)
  })
})

describe('selectsRuntime', () => {
  it('is decided by the last selector of the group', () => {
    assert.deepEqual([selectsRuntime(), selectsRuntime(['mcp'])], [false, false])
    assert.deepEqual([selectsRuntime(['runtime', 'mcp']), selectsRuntime(['-runtime', 'runtime'])], [true, true])
    assert.equal(selectsRuntime(['runtime', '-runtime']), false)
  })
})

describe('isMetricSelector', () => {
  it('accepts every metric and every group, with and without a minus, and nothing else', () => {
    for (const name of SELECTABLE_NAMES) assert.ok(isMetricSelector(name) && isMetricSelector(`-${name}`), name)
    for (const text of ['', '-', 'requests', `--${METRICS.requests.name}`, '__proto__']) {
      assert.equal(isMetricSelector(text), false, text)
    }
  })
})
