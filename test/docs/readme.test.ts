import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Demo, start } from '../../examples/agent/start.js'
import { STEPS, trickle } from '../../examples/agent/traffic.js'
import { type Prometheus, prometheusIsMissing, startPrometheus } from '../e2e/real-prometheus.ts'
import { demoEnv } from '../harness/environment.ts'

/** How long the page may take to have all of the traffic; only a failing test waits as long. */
const DEADLINE_MS = 60_000
const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const blocksOf = (language: string) =>
  [...README.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text.trim())

describe('what the root README shows of the demo', () => {
  let demo: Demo

  before(async () => {
    demo = await start({ env: demoEnv('shop') })
    for (const step of STEPS) await step.run(demo)
    await demo.proxy.quiet()
  })
  after(() => demo?.stop())

  it('is on the page of the demo, line by line', async () => {
    const lines = blocksOf('text').flatMap((text) => text.split('\n'))
    assert.ok(lines.length >= 5, 'the README shows no lines of a page')
    const deadlineMs = performance.now() + DEADLINE_MS
    for (;;) {
      const page = await (await fetch(demo.metricsUrl)).text()
      const missing = lines.find((line) => !page.includes(`${line}\n`))
      if (missing === undefined) break
      // The last exchange may be counted a moment after its client has seen its end.
      assert.ok(performance.now() < deadlineMs, `not on the page:\n${missing}\n\n${page}`)
      await wait(100)
    }
  })

  describe('to a real Prometheus', { skip: prometheusIsMissing() }, () => {
    let prometheus: Prometheus

    before(async () => {
      const { host } = new URL(demo.metricsUrl)
      prometheus = await startPrometheus(
        JSON.stringify({
          scrape_configs: [{ job_name: 'agentgateway', scrape_interval: '1s', static_configs: [{ targets: [host] }] }],
        }),
      )
    })
    after(() => prometheus?.stop())

    for (const query of blocksOf('promql')) {
      it(`gives an answer to the query ${query.replace(/\s+/g, ' ')}`, async () => {
        const deadlineMs = performance.now() + DEADLINE_MS
        // A rate needs two scrapes.
        while ((await prometheus.query(query)).length === 0) {
          assert.ok(performance.now() < deadlineMs, `no series for ${query}`)
          await trickle(demo)
          await wait(200)
        }
      })
    }
  })
})
