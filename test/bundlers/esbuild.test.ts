import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { startApp } from '../harness/app.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import { BUNDLERS, type Bundler } from './bundle.ts'
import { checkBundler } from './check-bundler.ts'
import { appFile, newFolder } from './folders.ts'

/** Of the password `s3cret`. */
const HASH = '$2b$04$MrsZsyUA5nxQeu8F9MBJkuntlTXxNSvRFqGCjQBOPqC.AfiqMYPKe'

checkBundler('esbuild', BUNDLERS.esbuild as Bundler)

describe('the preload within an app in one file', () => {
  let file: string
  before(async () => {
    file = await (BUNDLERS.esbuild as Bundler)(appFile('preloaded.mjs'), newFolder(), 'esm')
  })

  it('verifies passwords, and makes the metrics of HttpInstrumentation', async () => {
    const webFile = join(newFolder(), 'web.yml')
    await writeFile(webFile, `basic_auth_users: { prometheus: '${HASH}' }\n`)
    const app = await startApp(file, {
      preload: 'none',
      env: { AGENTGATEWAY_WEB_CONFIG_FILE: webFile, AGENTGATEWAY_HTTP_INSTRUMENTATION: 'true' },
    })
    const [metricsUrl] = await app.line(/https?:\/\/\S+\/metrics/, 'stderr')
    const statusOf = async (password: string) => {
      const authorization = `Basic ${btoa(`prometheus:${password}`)}`
      const response = await fetch(metricsUrl, { headers: { authorization } })
      return [response.status, await response.text()] as const
    }
    await (await fetch(`http://127.0.0.1:${app.ready}/hello/you`)).text()
    assert.equal((await statusOf('wrong'))[0], 401)
    const [status, text] = await statusOf('s3cret')
    assert.equal(status, 200)
    assert.match(text, /^http_server_request_duration_seconds_count\{.*\} 1$/m)
    await app.stop()
    assert.equal(app.stderr().split('\n').length, 2, app.stderr())
  })

  for (const protocol of ['grpc', 'http/json'] as const) {
    it(`sends by ${protocol}`, async () => {
      const sent = Promise.withResolvers<void>()
      const collector = await startOtlpCollector({ onMetrics: () => sent.resolve() })
      const app = await startApp(file, {
        preload: 'none',
        env: {
          AGENTGATEWAY_EXPORTERS: 'otlp',
          OTEL_EXPORTER_OTLP_ENDPOINT: protocol === 'grpc' ? collector.grpcEndpoint : collector.endpoint,
          OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
          OTEL_METRIC_EXPORT_INTERVAL: '200',
        },
      })
      await (await fetch(`http://127.0.0.1:${app.ready}/hello/you`)).text()
      await sent.promise
      await app.stop()
      await collector.close()
      assert.match(app.stderr(), /^agentgateway-otel: .*, metrics go to OTLP only\n$/)
    })
  }
})
