import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { QueryVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { type Prometheus, prometheusIsMissing, startPrometheus } from '../harness/real-prometheus.ts'
import { collect } from './collect.ts'
import type { Variable } from './dashboard.ts'
import type { Panel } from './drawing.ts'

/** A target that nothing listens at: its `up` is 0. */
const CONFIG = { job_name: 'absent', scrape_interval: '1s', static_configs: [{ targets: ['127.0.0.1:1'] }] }

describe("a panel's data", { skip: prometheusIsMissing() }, () => {
  let prometheus: Prometheus
  before(async () => {
    prometheus = await startPrometheus(JSON.stringify({ scrape_configs: [CONFIG] }))
    await prometheus.queryUntil('up', (samples) => samples.length > 0)
  })
  after(() => prometheus?.stop())

  const query = (expr: string) => new DataqueryBuilder().refId('A').expr(expr)
  const panelOf = (expr: string) => new StatBuilder().title('Up').withTarget(query(expr).range())

  async function collected(panel: { build(): unknown }) {
    const place = { x: 0, y: 0, w: 500, h: 300 }
    const list = [new QueryVariableBuilder('job').includeAll(true).allValue('abs.+').build() as Variable]
    const toSeconds = Math.ceil(Date.now() / 1000)
    const source = {
      url: prometheus.url,
      fromSeconds: toSeconds - 60,
      toSeconds,
      scrapeSeconds: 1,
      drawable: ['stat'],
    }
    const layout = { width: 500, height: 300, panels: [{ panel: panel.build() as Panel, place }] }
    const { panels } = await collect(source, { title: 'd', panels: [], templating: { list } }, layout)
    const [drawing] = panels
    assert.ok(drawing)
    return drawing
  }

  it('is what Prometheus has over the time range, with the values of the variables', async () => {
    const { results, problem } = await collected(panelOf('up{job=~"$job"}'))
    assert.equal(problem, undefined)
    const [{ series, isInstant } = { series: [] }] = results
    assert.deepEqual(
      series.map(({ metric, values }) => [metric.job, values.at(-1)?.[1]]),
      [['absent', '0']],
    )
    assert.equal(isInstant, false)
  })

  it('has one point at the end for an instant query', async () => {
    const { results } = await collected(new StatBuilder().withTarget(query('vector(7)').instant()))
    const [{ series, isInstant } = { series: [] }] = results
    assert.deepEqual(
      series.map(({ values }) => values.map(([, value]) => value)),
      [['7']],
    )
    assert.equal(isInstant, true)
  })

  it('is missing, and why, where a query has no result, no number or an error', async () => {
    assert.equal((await collected(panelOf('up{job="other"}'))).problem, 'no data')
    assert.equal((await collected(panelOf('up{job=~"$job"} / 0'))).problem, 'no finite number')
    assert.match((await collected(panelOf('sum(up'))).problem ?? '', /^sum\(up: .*parse error/)
    assert.match((await collected(panelOf('up{pod="$pod"}'))).problem ?? '', /\$pod is not defined/)
  })

  it('is not missed where the panel says itself what it shows without data', async () => {
    assert.equal((await collected(panelOf('up{job="other"}').noValue('none'))).problem, undefined)
  })

  it('names a type of panel that cannot be drawn', async () => {
    const other = { build: () => ({ ...panelOf('up').build(), type: 'nodeGraph' }) }
    assert.equal((await collected(other)).problem, 'this script cannot draw panels of type nodeGraph')
  })
})
