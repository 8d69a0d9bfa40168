import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { histogramQuantile } from './quantile.ts'

const BOUNDS = [0.1, 0.5, 1, 2.5, Number.POSITIVE_INFINITY]
const CASES = [
  [5, 5, 9, 10, 10],
  [0, 0, 3, 3, 8],
  [1, 1, 1, 1, 1],
  [0, 0, 0, 0, 4],
  [10, 400, 2000, 2010, 2011],
]
const QUANTILES = [0.5, 0.95, 0.99]

describe('histogramQuantile', () => {
  it('interpolates within the bucket', () => {
    assert.equal(histogramQuantile(0.5, [1, 3, Number.POSITIVE_INFINITY], [0, 4, 4]), 2)
  })

  it('is the highest finite bound where the quantile is above it', () => {
    assert.equal(histogramQuantile(0.99, BOUNDS, [0, 0, 0, 0, 4]), 2.5)
  })

  it('is not a number without observations', () => {
    assert.ok(Number.isNaN(histogramQuantile(0.5, BOUNDS, [0, 0, 0, 0, 0])))
    assert.ok(Number.isNaN(histogramQuantile(0.5, [], [])))
  })

  const missing = spawnSync('promtool', ['--version']).error && 'NOT TESTED: no promtool on the PATH'
  it('is what Prometheus computes', { skip: missing ?? false }, () => {
    const directory = mkdtempSync(join(tmpdir(), 'quantile-'))
    try {
      const tests = CASES.map((counts) => ({
        interval: '1m',
        input_series: BOUNDS.map((bound, i) => ({
          series: `h_bucket{le="${String(bound).replace('Infinity', '+Inf')}"}`,
          values: String(counts[i]),
        })),
        promql_expr_test: QUANTILES.map((quantile) => ({
          expr: `histogram_quantile(${quantile}, h_bucket)`,
          eval_time: '0m',
          exp_samples: [{ labels: '{}', value: histogramQuantile(quantile, BOUNDS, counts) }],
        })),
      }))
      // YAML is a superset of JSON.
      writeFileSync(join(directory, 'tests.yml'), JSON.stringify({ tests }))
      const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', join(directory, 'tests.yml')], {
        encoding: 'utf8',
      })
      assert.equal(status, 0, stdout + stderr)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})
