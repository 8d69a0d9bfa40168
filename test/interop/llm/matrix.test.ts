import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { startApp } from '../../harness/app.ts'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'
import { CLIENTS, type Client } from './clients.ts'
import { buildApp } from './forms.ts'
import { callsOf, differences, expectedSeries, refusedCalls, scrapedSeries } from './ledger.ts'
import { type Served, startProvider } from './provider/provider.ts'

/** Port 6 is assigned to nobody, and not one of those that `fetch` does not use. */
const REFUSING = '127.0.0.1:6'

/** For each call, in order, what the app saw. */
type Transcript = readonly { readonly name: string; readonly seen: unknown }[]

interface Run {
  /** What the provider served, as far as the app's Node.js shows it. */
  readonly served: readonly Served[]
  /** How many connections were refused, likewise. */
  readonly refused: number
  readonly transcript: Transcript
  readonly families: Families
}

/** These do not publish what `node:http2` does, as the instrumentation's README says. */
const WITHOUT_HTTP2 = ['v22.15.0', 'v24.0.0']

/** Some processes are waiting for retries while others work. */
describe('LLM clients', { concurrency: 5 }, () => {
  for (const client of CLIENTS) {
    for (const form of client.forms) {
      describe(`${client.name} in ${form}`, () => {
        let plain: Run
        let counted: Run

        before(async () => {
          const file = await buildApp(client.app, form, client.alias)
          const modes = form === 'ES modules' ? 'all' : 'few'
          ;[counted, plain] = await Promise.all([
            run(client, file, '--import', modes),
            run(client, file, 'none', modes),
          ])
        })

        it('is counted as the provider served it', () => {
          const { served, families } = counted
          assert.ok(served.length > 0)
          assert.deepEqual(differences(scrapedSeries(families), expectedSeries(served, client)), {})
        })

        it('is counted where its connection is refused', () => {
          assert.equal(refusedCalls(counted.families, 'refusing'), counted.refused)
        })

        it('sees what it sees without the flag', () => {
          assert.deepEqual(
            counted.transcript.map((call) => call.name),
            plain.transcript.map((call) => call.name),
          )
          for (const [i, call] of counted.transcript.entries()) assert.deepEqual(call, plain.transcript[i])
        })
      })
    }
  }
})

async function run(
  { isNodeHttp2 = () => false }: Client,
  file: string,
  preload: '--import' | 'none',
  modes: 'all' | 'few',
): Promise<Run> {
  const provider = await startProvider()
  const env = {
    MODES: modes,
    PROVIDER: provider.url,
    PROVIDER_HTTP2: provider.http2Url,
    PROVIDER_TLS: provider.tlsUrl,
    PROXY: provider.proxyUrl,
    REFUSING: `http://${REFUSING}`,
    // Of a host that is known, a call counts also where nothing of it was sent that tells the model.
    AGENTGATEWAY_LLM_HOSTS: `${REFUSING}=refusing`,
  }
  const app = await startApp(file, { preload, env })
  try {
    await app.line(/^done$/)
    const transcript = transcriptOf(app.stdout(), env)
    const showsHttp2 = !WITHOUT_HTTP2.includes(app.ready)
    const served = provider.served.filter((request) => showsHttp2 || !isNodeHttp2(request))
    const refused = transcript.filter(
      ({ name }) => name.includes('refused connection') && (showsHttp2 || !/^http2|over HTTP\/2/.test(name)),
    ).length
    if (preload === 'none') return { served, refused, transcript, families: new Map() }
    // What a client left may close a moment after the app has gone on. Where it does not, the tests say what is missing.
    const calls = callsOf(served).length + refused
    const hasAll = (now: Families) => sumOf(now, 'agentgateway_llm_requests_total') >= calls
    return { served, refused, transcript, families: await app.metricsWhen(hasAll).catch(() => app.metrics()) }
  } finally {
    await app.stop()
    await provider.close()
  }
}

/** Ports differ from run to run; in their place are numbers that no port has. */
function transcriptOf(stdout: string, env: Readonly<Record<string, string>>): Transcript {
  const ports = Object.values(env).flatMap((url) => /:(\d{4,})$/.exec(url)?.[1] ?? [])
  const text = ports.reduce((rest, port, i) => rest.replaceAll(port, String(100_000 + i)), stdout)
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
}
