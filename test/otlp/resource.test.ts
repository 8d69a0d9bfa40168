import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { arch, hostname, release, type } from 'node:os'
import { after, before, beforeEach, describe, it } from 'node:test'
import { startApp } from '../harness/app.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import { until } from '../harness/until.ts'
import { type ExportRequest, labelsOf } from './export-request.ts'

const APP = new URL('./apps/secret-arguments.cjs', import.meta.url)
const SECRET = 'hunter2'

describe('the resource of exports by OTLP', () => {
  let collector: Awaited<ReturnType<typeof startOtlpCollector>>
  let received: ExportRequest[] = []
  before(async () => {
    collector = await startOtlpCollector({ onMetrics: (request) => received.push(request as ExportRequest) })
  })
  beforeEach(() => {
    received = []
  })
  after(() => collector.close())

  /** Returns the resources of the main thread and of the worker thread, and stderr. */
  async function resourcesWith(env: Readonly<Record<string, string>>) {
    const app = await startApp(APP, {
      args: [`--password=${SECRET}`],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_METRIC_EXPORT_INTERVAL: '200', ...env },
    })
    try {
      // A process exports nothing before it has counted something.
      for (const port of app.ready.split(' ')) await (await fetch(`http://127.0.0.1:${port}/`)).text()
      const instances = await until(() => {
        const resources = received.flatMap(({ resourceMetrics }) => resourceMetrics.map(({ resource }) => resource))
        const byId = new Map(
          resources.map(({ attributes }) => {
            const labels = labelsOf(attributes)
            return [labels['service.instance.id'], labels]
          }),
        )
        return byId.size >= 2 ? [...byId.values()] : undefined
      })
      // Attributes that are known later are in the first export, too.
      const keys = new Set(
        received.map(({ resourceMetrics }) =>
          resourceMetrics
            .flatMap(({ resource }) => resource.attributes.map(({ key }) => key))
            .sort()
            .join(),
        ),
      )
      assert.equal(keys.size, 1)
      assert.ok(!JSON.stringify(received).includes(SECRET))
      assert.equal(app.stdout(), `ready ${app.ready}\n`)
      return { pid: app.child.pid, instances, stderr: app.stderr() }
    } finally {
      await app.stop('SIGKILL')
    }
  }

  it('has the host, the operating system and the process, without the command line, in each thread', async () => {
    const { pid, instances, stderr } = await resourcesWith({ OTEL_SERVICE_NAME: 'shop' })
    for (const attributes of instances) {
      assert.equal(attributes['service.name'], 'shop')
      assert.equal(attributes['host.name'], hostname())
      assert.equal(attributes['host.arch'], arch() === 'x64' ? 'amd64' : arch())
      assert.equal(attributes['os.type'], type().toLowerCase())
      assert.equal(attributes['os.version'], release())
      assert.equal(attributes['process.pid'], String(pid))
      assert.equal(attributes['process.runtime.name'], 'nodejs')
      assert.equal(attributes['host.id'], machineId())
      assert.equal(attributes['process.command'], undefined)
      assert.equal(attributes['process.command_args'], undefined)
      assert.match(attributes['container.id'] ?? '0'.repeat(64), /^[\da-f]{64}$/)
    }
    assert.doesNotMatch(stderr, /detect|resource/i)
  })

  it('has what the environment gives, decoded, before what is detected', async () => {
    const { instances } = await resourcesWith({
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=caf%C3%A9,host.name=a%2Cb%3Dc,k8s.pod.name=shop-1',
    })
    for (const attributes of instances) {
      assert.equal(attributes['service.name'], 'café')
      assert.equal(attributes['host.name'], 'a,b=c')
      assert.equal(attributes['k8s.pod.name'], 'shop-1')
    }
  })

  it("has only what the detectors of OTEL_NODE_RESOURCE_DETECTORS find, besides the environment's", async () => {
    const env = { OTEL_RESOURCE_ATTRIBUTES: 'k8s.pod.name=shop-1' }
    const { instances, stderr } = await resourcesWith({ ...env, OTEL_NODE_RESOURCE_DETECTORS: 'os,aws' })
    for (const attributes of instances) {
      assert.deepEqual(Object.keys(attributes).sort(), [
        'k8s.pod.name',
        'os.type',
        'os.version',
        'service.instance.id',
        'service.name',
        'telemetry.sdk.language',
        'telemetry.sdk.name',
        'telemetry.sdk.version',
      ])
    }
    assert.match(stderr, /^agentgateway-otel: OTEL_NODE_RESOURCE_DETECTORS has "aws"/m)
  })

  it('is of the package whose script the main thread runs, in each thread', async () => {
    const { instances } = await resourcesWith({ OTEL_NODE_RESOURCE_DETECTORS: 'none' })
    const { name } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
    for (const attributes of instances) assert.equal(attributes['service.name'], name ?? 'unknown_service:node')
  })
})

describe('OTEL_CONFIG_FILE', () => {
  it('is said not to be read, in one line on stderr', async () => {
    const app = await startApp(APP, {
      env: { OTEL_CONFIG_FILE: '/etc/otel.yaml', OTEL_EXPERIMENTAL_CONFIG_FILE: '/old' },
    })
    const lines = app.stderr().match(/^agentgateway-otel: OTEL_.*CONFIG_FILE.*$/gm)
    await app.stop('SIGKILL')
    // The worker thread reads the same environment.
    assert.deepEqual(
      new Set(lines),
      new Set([
        'agentgateway-otel: OTEL_CONFIG_FILE names a file that this package does not read ("/etc/otel.yaml"); set OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_ENDPOINT and the other variables of docs/configuration.md instead',
      ]),
    )
  })
})

/** The machine's id, as the detector finds it; undefined where there is none. */
function machineId(): string | undefined {
  for (const path of ['/etc/machine-id', '/var/lib/dbus/machine-id']) {
    try {
      return readFileSync(path, 'utf8').trim() || undefined
    } catch {
      // There is no such file.
    }
  }
  return undefined
}
