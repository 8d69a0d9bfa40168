import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { childEnv } from '../harness/environment.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import { startProcess } from '../harness/process.ts'
import { type ExportRequest, samplesOf } from '../otlp/export-request.ts'

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url))
const FILE = resolve(EXAMPLES, 'collector/collector.yaml')

const config = parse(readFileSync(FILE, 'utf8'))
const { services } = parse(readFileSync(resolve(EXAMPLES, 'docker-compose/docker-compose.yml'), 'utf8'), {
  merge: true,
})
const { collector, prometheus, 'pushing-app': app } = services

/** What a reference of the collector's configuration to a variable of the environment becomes. */
const expanded = (text: string, environment: Record<string, string>) =>
  text.replace(/\$\{env:(\w+):-([^}]*)\}/g, (_, name, otherwise) => environment[name] ?? otherwise)

describe('examples/collector', () => {
  it('has a pipeline that uses every component and names no other', () => {
    const { extensions, pipelines } = config.service
    assert.deepEqual(extensions, Object.keys(config.extensions))
    assert.deepEqual(Object.keys(pipelines), ['metrics'])
    for (const kind of ['receivers', 'processors', 'exporters']) {
      assert.deepEqual(pipelines.metrics[kind], Object.keys(config[kind]), kind)
    }
  })

  it('limits its memory before anything else is done, and tells the garbage collector', () => {
    const { limit_mib, spike_limit_mib } = config.processors.memory_limiter
    assert.equal(config.service.pipelines.metrics.processors[0], 'memory_limiter')
    assert.ok(spike_limit_mib < limit_mib)
    assert.equal(collector.environment.GOMEMLIMIT, `${limit_mib * 0.8}MiB`)
  })

  it('is read by the collector of the Compose project, which writes to a Prometheus that receives', () => {
    const [volume] = collector.volumes
    assert.deepEqual(volume.split(':'), ['../collector/collector.yaml', '/etc/otelcol/config.yaml', 'ro'])
    assert.deepEqual(collector.command, ['--config=/etc/otelcol/config.yaml'])
    const { endpoint } = config.exporters.prometheusremotewrite
    assert.equal(expanded(endpoint, {}), 'http://localhost:9090/api/v1/write')
    assert.equal(expanded(endpoint, collector.environment), 'http://prometheus:9090/api/v1/write')
    assert.ok(prometheus.command.includes('--web.enable-remote-write-receiver'))
  })

  it('gets the metrics of an app that nobody scrapes', () => {
    const { hostname, port } = new URL(app.environment.OTEL_EXPORTER_OTLP_ENDPOINT)
    assert.equal(services[hostname], collector)
    assert.equal(config.receivers.otlp.protocols.http.endpoint, `0.0.0.0:${port}`)
    const scraped = parse(readFileSync(resolve(EXAMPLES, 'docker-compose/prometheus.yml'), 'utf8')).scrape_configs
    assert.deepEqual(
      scraped.flatMap((job: { static_configs: { targets: string[] }[] }) => job.static_configs[0]?.targets),
      ['app:15020'],
    )
    assert.equal(services.app.environment.AGENTGATEWAY_EXPORTERS, 'prometheus')
  })

  it('gets `gateway` with every point, from an app that opens no port for metrics', async () => {
    const arrived = Promise.withResolvers<ExportRequest>()
    const receiver = await startOtlpCollector({ onMetrics: (request) => arrived.resolve(request as ExportRequest) })
    const running = startProcess(process.execPath, ['--import', 'agentgateway-otel/register', 'app.js'], {
      cwd: resolve(EXAMPLES, 'agent'),
      env: {
        ...childEnv(),
        ...app.environment,
        PORT: '0',
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
        OTEL_METRIC_EXPORT_INTERVAL: '1000',
      },
    })
    const [, url] = await running.line(/listening on (http:\S+)/)
    await fetch(`${url}/health`)
    const samples = samplesOf(await arrived.promise)
    await running.stop()
    await receiver.close()
    assert.ok(samples.some(({ name }) => name.startsWith('agentgateway_')))
    for (const { name, labels } of samples) assert.equal(labels.gateway, app.environment.OTEL_SERVICE_NAME, name)
    assert.doesNotMatch(running.stderr(), /metrics on http/)
  })
})
