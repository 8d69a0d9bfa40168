import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import { cachedProgram, whyMissing } from '../harness/debian-unstable.ts'
import { freePort } from '../harness/free-port.ts'
import { startProcess } from '../harness/process.ts'
import { prometheusIsMissing } from '../harness/real-prometheus.ts'
import { DASHBOARD_FILES, DASHBOARDS_FOLDER, RULE_FILES } from './dashboard-files.ts'
import { APP_PORT, METRICS_PORT } from './ports.ts'

const FOLDER = fileURLToPath(new URL('../../examples/docker-compose/', import.meta.url))
const AGENT = fileURLToPath(new URL('../../examples/agent/', import.meta.url))

const read = (file: string) => readFileSync(resolve(FOLDER, file), 'utf8')
const project = parse(read('docker-compose.yml'), { merge: true })
const { services } = project
const scraping = parse(read('prometheus.yml'))
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

/** The files and folders that a service mounts, by their paths in its container. */
const mounts = (service: string): Map<string, string> =>
  new Map(
    services[service].volumes.map((volume: string) => {
      const [source = '', target = '', mode] = volume.split(':')
      assert.equal(mode, 'ro', volume)
      return [target, resolve(FOLDER, source)]
    }),
  )

/** Has Docker Compose itself read a project, with all its profiles. */
function compose(yaml: string) {
  const args = ['--file', '-', '--project-directory', FOLDER, '--profile', '*', 'config', '--quiet']
  const { status, stderr } = spawnSync(cachedProgram('docker-compose') ?? '', args, { input: yaml, encoding: 'utf8' })
  return { status, stderr }
}

describe('examples/docker-compose', () => {
  it('publishes ports to this machine only: of the app, of its metrics, of Prometheus and of Grafana', () => {
    const published = Object.values<{ ports?: string[] }>(services).flatMap(({ ports = [] }) => ports)
    assert.deepEqual(
      published,
      [
        [APP_PORT, APP_PORT],
        [METRICS_PORT, METRICS_PORT],
        [9090, 9090],
        [3001, 3000],
      ].map(([host, container]) => `127.0.0.1:${host}:${container}`),
    )
    assert.equal(instruction('EXPOSE'), `${APP_PORT} ${METRICS_PORT}`)
  })

  it('builds the app from the root of the repository, and runs it as an unprivileged user', () => {
    const { context, dockerfile: path } = services.app.build
    assert.equal(resolve(FOLDER, context, path), resolve(FOLDER, 'Dockerfile'))
    assert.ok(existsSync(resolve(FOLDER, context, 'pnpm-workspace.yaml')))
    assert.equal(instruction('USER'), 'node')
  })

  it('is a project that Docker Compose accepts, and that it refuses with a wrong field, type or reference', {
    skip: whyMissing('docker-compose'),
  }, () => {
    assert.deepEqual(compose(read('docker-compose.yml')), { status: 0, stderr: '' })
    const mistakes: readonly [RegExp, (services: Record<string, Record<string, unknown>>) => void][] = [
      [/additional properties 'imagee' not allowed/, ({ grafana }) => Object.assign(grafana ?? {}, { imagee: 'x' })],
      [/services\.grafana\.healthcheck/, ({ grafana }) => Object.assign(grafana ?? {}, { healthcheck: 7 })],
      [/undefined service/, ({ grafana }) => Object.assign(grafana ?? {}, { depends_on: ['prometeus'] })],
    ]
    for (const [message, mistake] of mistakes) {
      const changed = structuredClone(project)
      mistake(changed.services)
      const { status, stderr } = compose(stringify(changed, { aliasDuplicateObjects: false }))
      assert.notEqual(status, 0, String(message))
      assert.match(stderr, message)
    }
  })

  it('mounts only what is there, and for reading', () => {
    for (const [name, { volumes }] of Object.entries<{ volumes?: string[] }>(services)) {
      if (volumes !== undefined) for (const [target, source] of mounts(name)) assert.ok(existsSync(source), target)
    }
  })

  it('names a version of each image that it does not build', () => {
    for (const [name, { image, build }] of Object.entries<{ image?: string; build?: unknown }>(services)) {
      if (build === undefined) assert.match(image ?? '', /:v?\d+(\.\d+\.\d+)?$/, name)
    }
  })

  it('lets Prometheus scrape the app as in examples/prometheus, by the name of its service', () => {
    assert.equal(mounts('prometheus').get('/etc/prometheus/prometheus.yml'), resolve(FOLDER, 'prometheus.yml'))
    const local = parse(readFileSync(resolve(FOLDER, '../prometheus/prometheus.yml'), 'utf8'))
    local.scrape_configs[0].static_configs[0].targets = [`app:${METRICS_PORT}`]
    assert.deepEqual(scraping.scrape_configs, local.scrape_configs)
  })

  it('mounts the rules where the configuration of Prometheus names them', () => {
    const [pattern, ...others] = scraping.rule_files
    assert.deepEqual(others, [])
    assert.equal(basename(pattern), '*.rules.yaml')
    assert.equal(mounts('prometheus').get(join('/etc/prometheus', dirname(pattern))), resolve(DASHBOARDS_FOLDER))
  })

  it('has a configuration with rules that promtool accepts, and refuses with a wrong field', {
    skip: prometheusIsMissing(),
  }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'promtool-'))
    symlinkSync(DASHBOARDS_FOLDER, join(folder, 'dashboards'))
    const check = (text: string) => {
      writeFileSync(join(folder, 'prometheus.yml'), text)
      return spawnSync('promtool', ['check', 'config', join(folder, 'prometheus.yml')], { encoding: 'utf8' })
    }
    const { status, stdout, stderr } = check(read('prometheus.yml'))
    assert.equal(status, 0, stdout + stderr)
    for (const name of RULE_FILES) assert.ok(stdout.includes(`dashboards/${name}`), stdout)
    assert.equal(check(read('prometheus.yml').replace('scrape_interval:', 'scrape_intervall:')).status, 1)
    rmSync(folder, { recursive: true })
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

describe('Grafana in examples/docker-compose', () => {
  const files = mounts('grafana')
  const [source] = parse(read('grafana/datasources.yml')).datasources
  const [provider] = parse(read('grafana/dashboards.yml')).providers
  const { environment } = services.grafana

  it('has the files that it provisions itself with where it looks for them', () => {
    const provisioned = [...files].filter(([target]) => target.startsWith('/etc/grafana/provisioning/'))
    assert.deepEqual(
      provisioned.map(([target, file]) => [basename(dirname(target)), basename(file)]),
      [
        ['datasources', 'datasources.yml'],
        ['dashboards', 'dashboards.yml'],
      ],
    )
  })

  it('queries the Prometheus of the project, and knows how often that scrapes', () => {
    const { name, uid, type, url, isDefault, jsonData } = source
    assert.deepEqual(
      { name, uid, type, url, isDefault },
      {
        name: 'Prometheus',
        uid: 'agentgateway-prometheus',
        type: 'prometheus',
        url: 'http://prometheus:9090',
        isDefault: true,
      },
    )
    assert.equal(jsonData.timeInterval, scraping.scrape_configs[0].scrape_interval)
  })

  it('loads every dashboard of packages/dashboards, and shows the first one on its home page', () => {
    const loaded = [...files].filter(([target]) => dirname(target) === provider.options.path)
    assert.deepEqual(
      loaded.map(([, file]) => file),
      DASHBOARD_FILES.map((name) => join(DASHBOARDS_FOLDER, name)),
    )
    assert.ok(files.has(environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH))
  })

  it('lets everybody look who reaches it, and nobody change anything', () => {
    assert.equal(environment.GF_AUTH_ANONYMOUS_ENABLED, 'true')
    assert.equal(environment.GF_AUTH_ANONYMOUS_ORG_ROLE, 'Viewer')
    assert.equal(environment.GF_AUTH_DISABLE_LOGIN_FORM, 'true')
    assert.equal(environment.GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION, 'true')
    assert.deepEqual([provider.allowUiUpdates, provider.disableDeletion, source.editable], [false, true, false])
  })
})
