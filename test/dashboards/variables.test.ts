import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CustomVariableBuilder, QueryVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import type { Variable } from './dashboard.ts'
import { builtInValues, initialValues, replaceVariables } from './variables.ts'

const RANGE = { fromSeconds: 1000, toSeconds: 1300, stepSeconds: 2, scrapeSeconds: 1 }

describe("a dashboard's variables", () => {
  const replaced = (text: string, ...variables: readonly { build(): unknown }[]) =>
    replaceVariables(text, initialValues(variables.map((one) => one.build() as Variable)), builtInValues(RANGE))

  it('have the value for “All” where they offer it, and any value without one', () => {
    const gateway = new QueryVariableBuilder('gateway').includeAll(true).allValue('.*')
    assert.equal(replaced('x{gateway=~"$gateway"}', gateway), 'x{gateway=~".*"}')
    assert.equal(replaced('x{job=~"$job"}', new QueryVariableBuilder('job')), 'x{job=~".+"}')
    assert.equal(replaced('x{r=~"$r"}', new QueryVariableBuilder('r').includeAll(true)), 'x{r=~".+"}')
  })

  it('have the current value, else the first one, where they offer no “All”', () => {
    const quantile = new CustomVariableBuilder('q').values('0.5,0.9,0.99')
    assert.equal(replaced('histogram_quantile($q, x)', quantile), 'histogram_quantile(0.5, x)')
    assert.equal(
      replaced('histogram_quantile($q, x)', quantile.current({ text: '0.99', value: '0.99' })),
      'histogram_quantile(0.99, x)',
    )
  })

  it('are replaced in each of their spellings, and not within a longer name', () => {
    const job = new QueryVariableBuilder('job').includeAll(true).allValue('a')
    const jobs = new QueryVariableBuilder('jobs').includeAll(true).allValue('b')
    assert.equal(replaced(`$job \${job} \${job:regex} [[job]] $jobs`, job, jobs), 'a a a a b')
  })

  it('of Grafana follow the time range and the scrape interval', () => {
    assert.equal(
      replaced(`$__interval $__rate_interval $__rate_interval_ms $__range \${__range_s}`),
      '2s 4s 4000 300s 300',
    )
    const values = builtInValues({ ...RANGE, stepSeconds: 60 })
    assert.equal(replaceVariables('$__rate_interval', values), '61s')
  })

  it('leave the end of a regular expression alone, and are named when they are not defined', () => {
    assert.equal(replaced('x{route!~"^/health$"}'), 'x{route!~"^/health$"}')
    assert.throws(() => replaced('x{pod="$pod"}'), /the variable \$pod is not defined: x\{pod="\$pod"\}/)
  })
})
