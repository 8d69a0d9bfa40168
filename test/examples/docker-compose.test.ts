import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { freePort } from '../harness/free-port.ts'
import { startProcess } from '../harness/process.ts'
import { prometheusIsMissing } from '../harness/real-prometheus.ts'
import { APP_PORT, METRICS_PORT } from './ports.ts'

const FOLDER = fileURLToPath(new URL('../../examples/docker-compose/', import.meta.url))
const AGENT = fileURLToPath(new URL('../../examples/agent/', import.meta.url))

const read = (file: string) => readFileSync(resolve(FOLDER, file), 'utf8')
const { services } = parse(read('docker-compose.yml'))
const dockerfile = read('Dockerfile').split('\n')

/** The arguments of an instruction's last occurrence in the Dockerfile, which is in the stage that runs. */
const instruction = (name: string) =>
  dockerfile.findLast((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? ''

/** The JSON array of an instruction that runs a command, without the `node` that it begins with. */
function nodeArguments(name: string): string[] {
  const text = instruction(name)
  const [program, ...rest] = JSON.parse(text.slice(text.indexOf('[')))
  assert.equal(program, 'node')
  return rest
}

describe('examples/docker-compose', () => {
  it('publishes the ports of the app, of its metrics and of Prometheus, to this machine only', () => {
    const published = (ports: readonly number[]) => ports.map((port) => `127.0.0.1:${port}:${port}`)
    assert.deepEqual(services.app.ports, published([APP_PORT, METRICS_PORT ?? 0]))
    assert.deepEqual(services.prometheus.ports, published([9090]))
    assert.equal(instruction('EXPOSE'), `${APP_PORT} ${METRICS_PORT}`)
  })

  it('builds the app from the root of the repository, and runs it as an unprivileged user', () => {
    const { context, dockerfile: path } = services.app.build
    assert.equal(resolve(FOLDER, context, path), resolve(FOLDER, 'Dockerfile'))
    assert.ok(existsSync(resolve(FOLDER, context, 'pnpm-workspace.yaml')))
    assert.equal(instruction('USER'), 'node')
  })

  it('lets Prometheus scrape the app as in examples/prometheus, by the name of its service', () => {
    const [file, mountPoint] = services.prometheus.volumes[0].split(':')
    assert.equal(mountPoint, '/etc/prometheus/prometheus.yml')
    const local = parse(readFileSync(resolve(FOLDER, '../prometheus/prometheus.yml'), 'utf8'))
    local.scrape_configs[0].static_configs[0].targets = [`app:${METRICS_PORT}`]
    assert.deepEqual(parse(read(file)), local)
  })

  it('has a configuration that Prometheus accepts', { skip: prometheusIsMissing() }, () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'config', resolve(FOLDER, 'prometheus.yml')])
    assert.equal(status, 0, `${stdout}${stderr}`)
  })

  it('starts the app with the preload flag, and has a health check that fails until the app responds', async () => {
    const env = {
      PATH: process.env.PATH,
      PORT: String(await freePort()),
      OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
    }
    const isHealthy = () => spawnSync(process.execPath, nodeArguments('HEALTHCHECK'), { env }).status === 0
    assert.equal(isHealthy(), false)

    const app = startProcess(process.execPath, nodeArguments('CMD'), { cwd: AGENT, env })
    const [[metrics]] = await Promise.all([app.line(/http:\S+\/metrics/, 'stderr'), app.line(/listening/)])
    assert.equal(isHealthy(), true)
    assert.match(await (await fetch(metrics)).text(), /^agentgateway_requests_total{.*route="\/health".*} 1$/m)
    await app.stop()
  })
})
