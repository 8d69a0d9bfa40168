import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type App, NODE, REGISTER, scrape, scrapeUntil, startApp } from '../../harness/app.ts'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'
import { REQUESTS, SESSIONS } from './counts.ts'

const running: App[] = []
after(() => Promise.all(running.map((app) => app.stop())))
const file = (name: string) => fileURLToPath(new URL(`apps/${name}`, import.meta.url))

async function use(name: string, args: readonly string[] = []): Promise<App> {
  const app = await startApp(file(name), { args })
  running.push(app)
  await app.line(/^used$/)
  return app
}

function hasNoMcp(families: Families): void {
  for (const metric of [REQUESTS, SESSIONS]) assert.deepEqual(families.get(metric)?.samples ?? [], [])
  assert.equal(sumOf(families, 'agentgateway_requests_total', { protocol: 'mcp' }), 0)
}

describe('protocols other than MCP that use JSON-RPC:', () => {
  it('ACP is not counted as MCP, over stdio or HTTP, in an agent or its client', async () => {
    const app = await use('acp.js', [NODE, '--import', REGISTER, file('acp.js'), 'agent'])
    hasNoMcp(await app.metricsWhen((families) => sumOf(families, 'agentgateway_requests_total') > 0))
    const urls = [...app.stderr().matchAll(/http:\S+\/metrics/g)].map(([url]) => url)
    assert.ok(urls.length > 0)
    for (const url of urls)
      hasNoMcp(
        await scrapeUntil(
          () => scrape(url),
          () => true,
        ),
      )
  })

  it('A2A is not counted as MCP, though some of its methods have the same names', async () => {
    const app = await use('a2a.js')
    assert.doesNotMatch(app.stdout(), /TypeError|ReferenceError/)
    const families = await app.metricsWhen((families) => sumOf(families, 'agentgateway_requests_total') === 4)
    hasNoMcp(families)
  })
})
