import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { NODE, REGISTER } from '../harness/app.ts'
import { childEnv } from '../harness/environment.ts'
import { freePort } from '../harness/free-port.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import { watchCounters } from './counter-watch.ts'
import { app, createDeployment, type Deployment, requests } from './deployment.ts'
import { startLoad } from './load.ts'

const PM2 = createRequire(import.meta.url).resolve('pm2/bin/pm2')
const INSTANCES = 4

/** The flag is given by `node_args`, as in PM2's documentation, or by NODE_OPTIONS, which PM2's daemon inherits too. */
for (const given of ['node_args', 'NODE_OPTIONS'] as const) {
  describe(`PM2 in cluster mode, with the flag in ${given}`, () => {
    let deployment: Deployment
    let port: number

    async function pm2(...args: string[]): Promise<string> {
      const options = given === 'NODE_OPTIONS' ? { NODE_OPTIONS: `--import ${REGISTER}` } : {}
      // The variables of the metrics are for the app alone, which gets them from the configuration below.
      const env = {
        ...childEnv(),
        TMPDIR: deployment.directory,
        PM2_HOME: join(deployment.directory, 'pm2'),
        ...options,
      }
      const running = deployment.run(NODE, [PM2, ...args], { env: { ...unset, ...env } })
      const { code } = await running.exit()
      assert.equal(code, 0, running.stdout() + running.stderr())
      return running.stdout()
    }

    before(async () => {
      deployment = await createDeployment()
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
          OTEL_EXPORTER_PROMETHEUS_PORT: String(deployment.port),
        },
        ...(given === 'node_args' && { node_args: `--import ${REGISTER}` }),
      }
      await writeFile(
        join(deployment.directory, 'shop.config.cjs'),
        `module.exports = ${JSON.stringify({ apps: [settings] })}`,
      )
      await pm2('start', join(deployment.directory, 'shop.config.cjs'))
    })
    after(async () => {
      await pm2('kill')
      await deployment.clear()
    })

    it('has the requests of all instances in one scrape, under the name of the service', async () => {
      const load = startLoad(() => port, INSTANCES)
      await load.servedBy(INSTANCES)
      await load.stop()
      const families = await deployment.scrapeUntil((now) => requests(now) >= load.responses.length)
      assert.equal(sumOf(families, 'agentgateway_requests_total', { gateway: 'shop' }), load.responses.length)
    })

    it('loses no request when the instances are reloaded under load', async () => {
      const before = requests(await deployment.scrape())
      const watch = watchCounters(deployment)
      const load = startLoad(() => port, INSTANCES)
      await pm2('reload', 'shop')
      await load.stop()
      const total = before + load.responses.length
      const families = await deployment
        .scrapeUntil((now) => sumOf(now, 'agentgateway_requests_total', { status: '200' }) >= total)
        // A watch that goes on would keep this process alive, and the failure unseen.
        .finally(() => watch.stop())
      assert.equal(sumOf(families, 'agentgateway_requests_total', { status: '200' }), total)
    })
  })
}

/** Takes the variables away that a deployment gives all of its processes. */
const unset = { OTEL_EXPORTER_PROMETHEUS_HOST: '', OTEL_EXPORTER_PROMETHEUS_PORT: '' }
