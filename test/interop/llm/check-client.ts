import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { startApp } from '../../harness/app.ts'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'
import type { Client } from './clients.ts'
import { buildApp, type Form } from './forms.ts'
import {
  callsOf,
  differences,
  expectedSeries,
  expectedStandardSeries,
  firstCounts,
  proxyCounts,
  refusedCalls,
  scrapedSeries,
  scrapedStandardSeries,
} from './ledger.ts'
import { startProvider } from './provider/provider.ts'
import type { Served } from './provider/served.ts'

/** Port 6 is unassigned, and `fetch` does not block it. */
const REFUSING = '127.0.0.1:6'

/** What the app saw of each call, in order. */
type Transcript = readonly { readonly name: string; readonly seen: unknown }[]

interface Run {
  /** What the provider served, without what the app's Node.js does not publish. */
  readonly served: readonly Served[]
  /** How many connections were refused, without those that the app's Node.js does not publish. */
  readonly refused: number
  readonly transcript: Transcript
  readonly families: Families
}

/** Runs a client's app with the preload and without, and checks what is counted and that the app sees the same. */
export function checkClient(client: Client, form: Form): void {
  describe(`${client.name} as ${form}`, () => {
    let withPreload: Run
    let without: Run

    before(async () => {
      const file = await buildApp(client.app, form, client.alias)
      const modes = form === 'ES modules' ? 'all' : 'few'
      ;[withPreload, without] = await Promise.all([run(file, '--import', modes), run(file, 'none', modes)])
    })

    it('has its calls counted as the provider served them', () => {
      const { served, families } = withPreload
      assert.ok(served.length > 0)
      assert.deepEqual(differences(scrapedSeries(families), expectedSeries(served, client)), {})
    })

    it('has the same counted under the names of the semantic conventions', () => {
      const { families } = withPreload
      assert.deepEqual(differences(scrapedStandardSeries(families), expectedStandardSeries(families)), {})
      const { chunks, tokens } = firstCounts(families)
      assert.ok(chunks >= tokens, `${chunks} first messages, ${tokens} first tokens`)
    })

    it('has the same counted under the names of the proxy', () => {
      const { proxy, own } = proxyCounts(withPreload.families)
      assert.deepEqual(proxy, own)
    })

    it('has calls counted whose connections are refused', () => {
      assert.equal(refusedCalls(withPreload.families, 'refusing'), withPreload.refused)
    })

    it('sees the same responses and errors as without the preload', () => {
      assert.deepEqual(
        withPreload.transcript.map((call) => call.name),
        without.transcript.map((call) => call.name),
      )
      for (const [i, call] of withPreload.transcript.entries()) assert.deepEqual(call, without.transcript[i])
    })
  })
}

async function run(file: string, preload: '--import' | 'none', modes: 'all' | 'few'): Promise<Run> {
  const provider = await startProvider()
  const env = {
    MODES: modes,
    PROVIDER: provider.url,
    PROVIDER_HTTP2: provider.http2Url,
    PROVIDER_TLS: provider.tlsUrl,
    PROXY: provider.proxyUrl,
    REFUSING: `http://${REFUSING}`,
    // A call to a known host counts even if nothing of its request was sent, from which the model could be read.
    AGENTGATEWAY_LLM_HOSTS: `${REFUSING}=refusing`,
    AGENTGATEWAY_METRICS: 'genai,semconv,proxy',
  }
  const app = await startApp(file, { preload, env })
  try {
    await app.line(/^done$/)
    const transcript = transcriptOf(app.stdout(), env)
    const { served } = provider
    const refused = transcript.filter(({ name }) => name.includes('refused connection')).length
    if (preload === 'none') return { served, refused, transcript, families: new Map() }
    // A response that the client abandoned may close a moment after the app has continued.
    const calls = callsOf(served).length + refused
    const hasAll = (now: Families) => sumOf(now, 'agentgateway_llm_requests_total') >= calls
    return { served, refused, transcript, families: await app.metricsWhen(hasAll).catch(() => app.metrics()) }
  } finally {
    await app.stop()
    await provider.close()
  }
}

/** The app's lines of JSON, with numbers that are no ports in place of the ports, which differ from run to run. */
function transcriptOf(stdout: string, env: Readonly<Record<string, string>>): Transcript {
  const ports = Object.values(env).flatMap((url) => /:(\d{4,})$/.exec(url)?.[1] ?? [])
  const text = ports.reduce((rest, port, i) => rest.replaceAll(port, String(100_000 + i)), stdout)
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
}
