import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { type Demo, start } from '../../examples/agent/start.js'
import { STEPS, trickle } from '../../examples/agent/traffic.js'
import { demoEnv } from '../harness/environment.ts'
import { type Prometheus, prometheusIsMissing, startPrometheus } from '../harness/real-prometheus.ts'
import { until } from '../harness/until.ts'

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const blocksOf = (language: string) =>
  [...README.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text.trim())

describe('the lines and queries of the root README', () => {
  let demo: Demo

  before(async () => {
    demo = await start({ env: demoEnv('shop') })
    for (const step of STEPS) await step.run(demo)
    await demo.proxy.quiet()
  })
  after(() => demo?.stop())

  it('is in the exposition of the demo, line by line', async () => {
    const lines = blocksOf('text').flatMap((text) => text.split('\n'))
    assert.ok(lines.length >= 5, 'the README shows no lines of an exposition')
    let exposition = ''
    let missing: string | undefined
    // The last exchange may be counted a moment after its client has seen its end.
    await until(
      async () => {
        exposition = await (await fetch(demo.metricsUrl)).text()
        missing = lines.find((line) => !exposition.includes(`${line}\n`))
        return missing === undefined || undefined
      },
      () => `in the exposition:\n${missing}\n\n${exposition}`,
    )
  })

  describe('in a real Prometheus', { skip: prometheusIsMissing() }, () => {
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
      it(`has series for the query ${query.replace(/\s+/g, ' ')}`, async () => {
        // A rate needs a series that grows between two scrapes.
        await until(
          async () => {
            await trickle(demo)
            return (await prometheus.query(query)).length > 0 || undefined
          },
          () => `series for ${query}`,
          200,
        )
      })
    }
  })
})
