import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { DEFAULT_METRICS } from '@agentgateway-otel/metrics'
import { scrape, scrapeUntil } from '../harness/app.ts'
import { freePort } from '../harness/free-port.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import { MANAGERS } from './managers.ts'
import { createProject, type Project } from './project.ts'
import { packAll, ROOT, type Tarball } from './tarballs.ts'

/** The commands of the README that a user runs. */
const [install = '', start = '', curl = ''] =
  /```sh\n([\s\S]*?)```/
    .exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))?.[1]
    ?.trim()
    .split('\n') ?? []

describe('the package as published, installed and run by the commands of the README', () => {
  const directory = mkdtempSync(join(tmpdir(), 'readme-'))
  after(() => rmSync(directory, { recursive: true, force: true }))

  let tarball: Tarball
  let project: Project
  before(async () => {
    const [command, subcommand, name] = install.split(' ')
    assert.deepEqual([command, subcommand], MANAGERS.npm?.install.slice(0, 2))
    tarball = (await packAll(directory)).find((tarball) => tarball.name === name) ?? assert.fail(install)
    project = await createProject(join(directory, 'shop'), MANAGERS.npm ?? assert.fail(), [tarball])
  })

  for (const [flag, file] of [
    ['--import', 'server.js'],
    ['--import', 'server.cjs'],
    ['--require', 'server.js'],
    ['--require', 'server.cjs'],
  ] as const) {
    it(`counts the requests that ${file} serves, with ${flag}`, async () => {
      const [command = '', ...args] = start.replace('--import', flag).replace('app.js', file).split(' ')
      assert.equal(command, 'node')
      const url = new URL(curl.split(' ')[1] ?? '')
      assert.equal(url.port, '15020')
      url.port = String(await freePort())
      const running = project.start([process.execPath, ...args], {
        OTEL_EXPORTER_PROMETHEUS_HOST: '',
        OTEL_EXPORTER_PROMETHEUS_PORT: url.port,
      })
      const [line] = await running.line(/^.*$/, 'stderr')
      assert.equal(line, `agentgateway-otel: ${tarball.version}, metrics on ${url.href}`)
      const [, port] = await running.line(/^ready (\d+)$/)
      await (await fetch(`http://127.0.0.1:${port}`)).text()
      const families = await scrapeUntil(
        () => scrape(url.href),
        (families) => sumOf(families, 'agentgateway_requests_total') > 0,
      )
      assert.equal(families.size, DEFAULT_METRICS.length)
      assert.equal(sumOf(families, 'agentgateway_requests_total', { route: '/greetings/:name' }), 1)
      await running.stop()
    })
  }
})
