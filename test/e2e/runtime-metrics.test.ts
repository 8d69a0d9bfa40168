import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { NODE, REGISTER, startApp } from '../harness/app.ts'
import { childEnv } from '../harness/environment.ts'
import { type Families, sumOf } from '../harness/prometheus-text.ts'
import { prometheusIsMissing } from '../harness/real-prometheus.ts'

const ON = { AGENTGATEWAY_METRICS: 'runtime' }
const APP = new URL('../otlp/apps/calls-itself.mjs', import.meta.url)

const isOfRuntime = (name: string) => /^(?:nodejs|v8js|process)_/.test(name)
const namesOf = (families: Families) => [...families.keys()].filter(isOfRuntime)

describe('the group of the runtime', () => {
  it('has the metrics of Node.js and of the process', async () => {
    const app = await startApp(APP, { env: ON })
    const families = await app.metricsWhen(
      (now) => sumOf(now, 'nodejs_eventloop_delay_p99_seconds') > 0 && sumOf(now, 'v8js_gc_duration_seconds_count') > 0,
    )
    for (const name of [
      'nodejs_eventloop_utilization',
      'nodejs_eventloop_time_seconds_total',
      'v8js_memory_heap_used_bytes',
    ]) {
      assert.ok(sumOf(families, name) > 0, `${name} is ${sumOf(families, name)}`)
    }
    const cpuSeconds = sumOf(families, 'process_cpu_time_seconds_total')
    const uptimeSeconds = sumOf(families, 'process_uptime_seconds')
    assert.ok(uptimeSeconds > 0 && uptimeSeconds < process.uptime(), `up for ${uptimeSeconds} s`)
    assert.ok(cpuSeconds > 0 && cpuSeconds < 60, `CPU time of ${cpuSeconds} s`)
    const modes = families.get('process_cpu_time_seconds_total')?.samples.map(({ labels }) => labels.cpu_mode)
    assert.deepEqual(modes, ['user', 'system'])
    assert.ok(sumOf(families, 'process_memory_usage_bytes') > 2 ** 20)
    await app.stop()
  })

  it('is in an exposition that promtool accepts', { skip: prometheusIsMissing() }, async () => {
    const app = await startApp(APP, { env: ON })
    await app.metricsWhen((now) => sumOf(now, 'nodejs_eventloop_delay_p99_seconds') > 0)
    const url = /http:\/\/\S+\/metrics/.exec(app.stderr())?.[0] ?? assert.fail()
    const input = await (await fetch(url)).text()
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })
    assert.equal(status, 0, stdout + stderr)
    await app.stop()
  })

  it('is absent, and not loaded, unless it is asked for', async () => {
    for (const env of [{}, { AGENTGATEWAY_METRICS: 'runtime,-runtime' }]) {
      const app = await startApp(APP, { env })
      assert.deepEqual(namesOf(await app.metrics()), [])
      await app.stop()
    }
  })

  it('neither keeps the process alive nor shows in it', () => {
    const code = `
      console.log(JSON.stringify([
        process.eventNames(),
        process.getActiveResourcesInfo(),
        Object.keys(require.cache),
        Object.getOwnPropertySymbols(globalThis).map(String),
        performance.getEntries().length,
      ]))`
    const run = (env: Readonly<Record<string, string>>) =>
      spawnSync(NODE, ['--import', REGISTER, '-e', code], {
        env: { ...childEnv(), OTEL_EXPORTER_PROMETHEUS_PORT: '0', ...env },
        encoding: 'utf8',
        timeout: 60_000,
      })
    const [on, off] = [run(ON), run({})]
    assert.deepEqual([on.status, off.status], [0, 0], on.stderr + off.stderr)
    assert.equal(on.stdout, off.stdout)
  })
})
