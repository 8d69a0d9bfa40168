import assert from 'node:assert/strict'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type App, startApp } from '../harness/app.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import { until } from '../harness/until.ts'
import { type ExportRequest, labelsOf } from './export-request.ts'

const app = (name: string) => fileURLToPath(new URL(`apps/${name}`, import.meta.url))

const SECRET = 'sk-secret'

describe('the resource of an export', () => {
  const received: ExportRequest[] = []
  const apps: App[] = []
  let collector: Awaited<ReturnType<typeof startOtlpCollector>>
  let directory: string
  before(async () => {
    directory = await mkdtemp(join(os.tmpdir(), 'resource-'))
    collector = await startOtlpCollector({ onMetrics: (metrics) => received.push(metrics as ExportRequest) })
  })
  after(async () => {
    await collector.close()
    await rm(directory, { recursive: true, force: true })
  })
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((running) => running.stop('SIGKILL')))
    received.splice(0)
  })

  const attributesOf = (request: ExportRequest) => labelsOf(request.resourceMetrics[0]?.resource.attributes ?? [])

  /** Starts an app that exports, and returns it with the attributes of its first export. */
  async function start(env: Readonly<Record<string, string>> = {}) {
    const running = await startApp(app('watches-reads.cjs'), {
      preload: '--require',
      args: [`--api-key=${SECRET}`],
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
        OTEL_METRIC_EXPORT_INTERVAL: '50',
        OTEL_METRIC_EXPORT_TIMEOUT: '50',
        ...env,
      },
    })
    apps.push(running)
    const get = async () => (await fetch(`http://127.0.0.1:${running.ready}/`)).json()
    await get()
    const attributes = attributesOf(await until(() => received[0]))
    return { running, attributes, get }
  }

  it('has host, operating system and process from the first export on, and nothing of the command line', async () => {
    const { running, attributes } = await start({ OTEL_SERVICE_NAME: 'shop' })
    const expected = {
      'service.name': 'shop',
      'host.name': os.hostname(),
      'os.type': 'linux',
      'os.version': os.release(),
      'process.pid': String(running.child.pid),
      'process.runtime.name': 'nodejs',
    }
    for (const [name, value] of Object.entries(expected)) assert.equal(attributes[name], value, name)
    assert.match(attributes['service.instance.id'] ?? '', /^[0-9a-f-]{36}$/)
    if (attributes['container.id'] !== undefined) assert.match(attributes['container.id'], /^[0-9a-f]{12,64}$/)
    assert.ok(!JSON.stringify(received).includes(SECRET))
    assert.ok(!JSON.stringify(received).includes('watches-reads'))
  })

  it('is found without a read or a child process that the app could see, or whose failure would matter', async () => {
    const { get, attributes } = await start()
    assert.equal(attributes['os.type'], 'linux')
    assert.deepEqual(await get(), [])
  })

  it('has what OTEL_NODE_RESOURCE_DETECTORS names, in any case what the environment gives, and an instance', async () => {
    const { attributes } = await start({ OTEL_NODE_RESOURCE_DETECTORS: 'OS', OTEL_RESOURCE_ATTRIBUTES: 'zone=1' })
    assert.equal(attributes.zone, '1')
    assert.equal(attributes['os.type'], 'linux')
    assert.ok(attributes['service.instance.id'])
    assert.deepEqual(
      Object.keys(attributes).filter((name) => /^(?:host|process|container)\./.test(name)),
      [],
    )
  })

  it('has no detected attribute with OTEL_NODE_RESOURCE_DETECTORS=none', async () => {
    const { attributes } = await start({ OTEL_NODE_RESOURCE_DETECTORS: 'none' })
    assert.deepEqual(Object.keys(attributes).sort(), [
      'service.instance.id',
      'service.name',
      'telemetry.sdk.language',
      'telemetry.sdk.name',
      'telemetry.sdk.version',
    ])
  })

  it('has the decoded attributes of OTEL_RESOURCE_ATTRIBUTES, before detected ones of the same names', async () => {
    const { running, attributes } = await start({
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=a%20b%2Cc%C3%A9,host.name=mine,k8s.pod.name=shop-1',
    })
    assert.equal(attributes['service.name'], 'a b,cé')
    assert.equal(attributes['host.name'], 'mine')
    assert.equal(attributes['k8s.pod.name'], 'shop-1')
    const families = await running.metrics()
    const samples = [...families.values()].flatMap(({ samples }) => samples)
    assert.deepEqual([...new Set(samples.map(({ labels }) => labels.gateway))], ['a b,cé'])
    assert.ok(!families.has('target_info'))
  })

  it('has no attribute of OTEL_RESOURCE_ATTRIBUTES where one cannot be decoded, as one line says', async () => {
    const { running, attributes } = await start({ OTEL_RESOURCE_ATTRIBUTES: 'zone=1,team=%E0%A4' })
    assert.equal(attributes.zone, undefined)
    assert.equal(running.stderr().match(/OTEL_RESOURCE_ATTRIBUTES/g)?.length, 1)
  })

  it("has the name of the app's package, also in a thread and in a worker of a cluster", async () => {
    const files = { shop: join(directory, 'shop'), pool: join(directory, 'pool') }
    for (const [name, folder] of Object.entries(files)) {
      await mkdir(folder)
      await writeFile(join(folder, 'package.json'), JSON.stringify({ name: `@acme/${name}` }))
      await copyFile(app('family.cjs'), join(folder, 'family.cjs'))
    }
    const pool = join(files.pool, 'family.cjs')
    const running = await startApp(join(files.shop, 'family.cjs'), {
      args: [pool],
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
        OTEL_METRIC_EXPORT_INTERVAL: '50',
        OTEL_METRIC_EXPORT_TIMEOUT: '50',
      },
    })
    apps.push(running)
    const names = () =>
      new Map(received.map(attributesOf).map((found) => [found['service.instance.id'], found['service.name']]))
    await until(
      () => (names().size === 3 ? true : undefined),
      () => JSON.stringify([...names()]),
    )
    assert.deepEqual([...names().values()], ['@acme/shop', '@acme/shop', '@acme/shop'])
  })
})
