import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { NODE, REGISTER } from '../harness/app.ts'
import { childEnv } from '../harness/environment.ts'
import { freePort } from '../harness/free-port.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import { app, createSite, pause, requests, type Site } from './app.ts'
import { startLoad } from './load.ts'
import { watchFalls } from './watch.ts'

const PM2 = createRequire(import.meta.url).resolve('pm2/bin/pm2')
const INSTANCES = 4

/** The flag by `node_args`, as PM2's documentation has it, or by NODE_OPTIONS, which PM2 itself then inherits too. */
for (const given of ['node_args', 'NODE_OPTIONS'] as const) {
  describe(`PM2 in cluster mode, with the flag in ${given}`, () => {
    let site: Site
    let port: number

    async function pm2(...args: string[]): Promise<string> {
      const options = given === 'NODE_OPTIONS' ? { NODE_OPTIONS: `--import ${REGISTER}` } : {}
      // The metrics' variables are the app's alone: they come with its own environment, in `pm2_env`.
      const env = { ...childEnv(), TMPDIR: site.directory, PM2_HOME: join(site.directory, 'pm2'), ...options }
      const running = site.run(NODE, [PM2, ...args], { env: { ...unset, ...env } })
      const { code } = await running.exit()
      assert.equal(code, 0, running.stdout() + running.stderr())
      return running.stdout()
    }

    before(async () => {
      site = await createSite()
      port = await freePort()
      const settings = {
        name: 'shop',
        script: app('listens-at.cjs'),
        exec_mode: 'cluster',
        instances: INSTANCES,
        wait_ready: true,
        kill_timeout: 5000,
        env: {
          PORT: String(port),
          OTEL_SERVICE_NAME: 'shop',
          OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
          OTEL_EXPORTER_PROMETHEUS_PORT: String(site.port),
        },
        ...(given === 'node_args' && { node_args: `--import ${REGISTER}` }),
      }
      await writeFile(
        join(site.directory, 'shop.config.cjs'),
        `module.exports = ${JSON.stringify({ apps: [settings] })}`,
      )
      await pm2('start', join(site.directory, 'shop.config.cjs'))
    })
    after(async () => {
      await pm2('kill')
      await site.clear()
    })

    it('counts what all instances serve, under the name of the service', async () => {
      const load = startLoad(() => port, INSTANCES)
      while (new Set(load.answers.map(({ pid }) => pid)).size < INSTANCES) await pause(10)
      await load.stop()
      const families = await site.scrapeUntil((now) => requests(now) >= load.answers.length)
      assert.equal(sumOf(families, 'agentgateway_requests_total', { gateway: 'shop' }), load.answers.length)
    })

    it('loses nothing when it reloads them under load', async () => {
      const before = requests(await site.scrape())
      const watch = watchFalls(site)
      const load = startLoad(() => port, INSTANCES)
      await pm2('reload', 'shop')
      await load.stop()
      const total = before + load.answers.length
      const families = await site.scrapeUntil(
        (now) => sumOf(now, 'agentgateway_requests_total', { status: '200' }) >= total,
      )
      await watch.stop()
      assert.equal(sumOf(families, 'agentgateway_requests_total', { status: '200' }), total)
    })
  })
}

/** What a site gives its processes, taken away. */
const unset = { OTEL_EXPORTER_PROMETHEUS_HOST: '', OTEL_EXPORTER_PROMETHEUS_PORT: '' }
