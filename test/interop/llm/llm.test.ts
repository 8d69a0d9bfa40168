import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { type App, startApp } from '../../harness/app.ts'
import { type Families, type Sample, sumOf } from '../../harness/prometheus-text.ts'
import { type Provider, type Served, startProvider } from './provider.ts'

const REQUESTS = 'agentgateway_llm_requests_total'
const TOKENS = 'agentgateway_llm_tokens_total'
const DURATION = 'agentgateway_llm_request_duration_seconds'

interface Call {
  /** The provider's behaviour, a slash, and anything. */
  readonly model: string
  readonly stream?: boolean
  /** Asks OpenAI for the usage of a stream. */
  readonly usage?: boolean
  /** Leaves the stream when its first text comes. */
  readonly leaves?: boolean
  /** Calls where nobody listens. */
  readonly refused?: boolean
  readonly maxRetries?: number
}

interface Expected {
  readonly error: string
  readonly usage: 'reported' | 'missing' | 'none'
  /** How many requests the provider got of this call. */
  readonly attempts?: number
  /** What the app was told, where it is not what the client's `told` says. */
  readonly app?: object
}

type Story = readonly [behaviour: string, call: Call, expected: Expected]

interface Client {
  readonly app: string
  /** What the app is told of a call that went well. */
  readonly told: (served: Served) => object | undefined
  readonly refusedModel: string
  readonly stories: readonly Story[]
}

const CLIENTS: Record<string, Client> = {
  'the openai package': {
    app: 'openai.js',
    told: ({ tokens }) => tokens,
    // undici does not tell what it was about to send to a host that it cannot connect to.
    refusedModel: 'unknown',
    stories: [
      ['an answer', { model: 'answer/whole' }, { error: '', usage: 'reported' }],
      ['a compressed answer', { model: 'gzip/whole' }, { error: '', usage: 'reported' }],
      ['a stream with usage', { model: 'answer/usage', stream: true, usage: true }, { error: '', usage: 'reported' }],
      ['a stream without usage', { model: 'answer/stream', stream: true }, { error: '', usage: 'missing', app: {} }],
      ['a compressed stream', { model: 'gzip/usage', stream: true, usage: true }, { error: '', usage: 'reported' }],
      ['a refusal', { model: 'refuse/whole' }, { error: '400', usage: 'none', app: { error: 'BadRequestError' } }],
      [
        'a call that is refused three times, once',
        { model: 'limited/whole', maxRetries: 2 },
        { error: '429', usage: 'none', attempts: 3, app: { error: 'RateLimitError' } },
      ],
      [
        'a call that succeeds at the second attempt, once',
        { model: 'flaky/whole', maxRetries: 2 },
        { error: '', usage: 'reported', attempts: 2 },
      ],
      [
        'an error amid a stream',
        { model: 'fail/stream', stream: true },
        { error: 'server_error', usage: 'missing', app: { error: 'APIError' } },
      ],
      [
        'a stream that the app leaves',
        { model: 'endless/stream', stream: true, usage: true, leaves: true },
        { error: 'aborted', usage: 'missing', app: {} },
      ],
      [
        'a stream that the provider cuts',
        { model: 'cut/stream', stream: true },
        { error: 'UND_ERR_SOCKET', usage: 'missing', app: { error: 'TypeError' } },
      ],
    ],
  },
  '@anthropic-ai/sdk': {
    app: 'anthropic.js',
    told: ({ tokens }) => tokens,
    refusedModel: 'unknown',
    stories: [
      ['an answer', { model: 'answer/whole' }, { error: '', usage: 'reported' }],
      ['a compressed answer', { model: 'gzip/whole' }, { error: '', usage: 'reported' }],
      ['a stream', { model: 'answer/stream', stream: true }, { error: '', usage: 'reported' }],
      [
        'a stream that ends with all totals',
        { model: 'answer/totals', stream: true },
        { error: '', usage: 'reported' },
      ],
      ['a compressed stream', { model: 'gzip/stream', stream: true }, { error: '', usage: 'reported' }],
      [
        'a call that is refused three times, once',
        { model: 'limited/whole', maxRetries: 2 },
        { error: '429', usage: 'none', attempts: 3, app: { error: 'RateLimitError' } },
      ],
      [
        'a call that succeeds at the second attempt, once',
        { model: 'flaky/whole', maxRetries: 2 },
        { error: '', usage: 'reported', attempts: 2 },
      ],
      [
        'an error amid a stream, with the tokens known by then',
        { model: 'fail/stream', stream: true },
        { error: 'overloaded_error', usage: 'reported', app: { error: 'APIError' } },
      ],
      [
        'a stream that the app leaves, with the tokens known by then',
        { model: 'endless/stream', stream: true, leaves: true },
        { error: 'aborted', usage: 'reported', app: {} },
      ],
      [
        'an answer that the provider cuts',
        { model: 'cut/whole' },
        { error: 'UND_ERR_SOCKET', usage: 'missing', app: { error: 'TypeError' } },
      ],
    ],
  },
  "OpenAI's format over node:http": {
    app: 'node-http.cjs',
    told: ({ status }) => ({ status }),
    refusedModel: 'refused',
    stories: [
      ['an answer', { model: 'answer/whole' }, { error: '', usage: 'reported' }],
      ['a compressed answer', { model: 'gzip/whole' }, { error: '', usage: 'reported' }],
      ['a stream with usage', { model: 'answer/usage', stream: true, usage: true }, { error: '', usage: 'reported' }],
      ['a stream without usage', { model: 'answer/stream', stream: true }, { error: '', usage: 'missing' }],
      ['a compressed stream', { model: 'gzip/usage', stream: true, usage: true }, { error: '', usage: 'reported' }],
      ['a refusal', { model: 'refuse/whole' }, { error: '400', usage: 'none' }],
      ['an error amid a stream', { model: 'fail/stream', stream: true }, { error: 'server_error', usage: 'missing' }],
      [
        'a stream that the app leaves',
        { model: 'endless/stream', stream: true, leaves: true },
        { error: 'aborted', usage: 'missing' },
      ],
      [
        'a stream that the provider cuts',
        { model: 'cut/stream', stream: true },
        { error: 'ECONNRESET', usage: 'missing', app: { error: 'ECONNRESET' } },
      ],
    ],
  },
}

for (const [client, { app: script, told, refusedModel, stories }] of Object.entries(CLIENTS)) {
  describe(`calls with ${client}`, () => {
    let provider: Provider
    let app: App
    let families: Families

    before(async () => {
      provider = await startProvider()
      const refused: Call = { model: 'refused', refused: true }
      app = await startApp(new URL(`apps/${script}`, import.meta.url), {
        env: {
          PROVIDER: provider.url,
          REFUSING: await urlWithoutServer(),
          CALLS: JSON.stringify([...stories.map(([, call]) => call), refused]),
        },
      })
      await app.line(/^done$/)
      // The client's socket may close a moment after the app has gone on.
      families = await app.metricsWhen((now) => sumOf(now, REQUESTS) >= stories.length + 1)
    })
    after(async () => {
      await app?.stop()
      await provider?.close()
    })

    const of = (name: string, model: string) => labelled(families, name, { gen_ai_request_model: model })

    for (const [what, { model }, { error, usage, attempts = 1, app: toldOtherwise }] of stories) {
      it(`counts ${what}`, () => {
        const served = provider.served.filter((one) => one.model === model)
        assert.equal(served.length, attempts)
        const [first, last] = [served[0] as Served, served.at(-1) as Served]
        const gateway = families.get(REQUESTS)?.samples[0]?.labels.gateway as string
        const labels = (one: Served) => ({
          gateway,
          gen_ai_operation_name: 'chat',
          gen_ai_system: 'custom',
          gen_ai_request_model: model,
          gen_ai_response_model: one.responseModel ?? 'unknown',
        })
        assert.deepEqual(of(REQUESTS, model), [
          { name: REQUESTS, labels: { ...labels(last), error_type: error, usage }, value: 1 },
        ])
        const { tokens } = last
        assert.deepEqual(
          of(TOKENS, model),
          Object.entries(tokens ?? {}).map(([type, value]) => ({
            name: TOKENS,
            labels: { gen_ai_token_type: type, ...labels(last) },
            value,
          })),
        )
        assert.deepEqual(of(`${DURATION}_count`, model), [
          { name: `${DURATION}_count`, labels: { ...labels(last), error_type: error }, value: 1 },
        ])
        const seconds = of(`${DURATION}_sum`, model)[0]?.value ?? Number.NaN
        assert.ok(seconds > 0 && seconds < 60, `${seconds} s`)
        // Two processes' clocks may differ in what they round.
        if (error === '') assert.ok(seconds > first.seconds - 0.002, `${seconds} s, of which ${first.seconds} s served`)
        assert.deepEqual(toldTo(app, model), { model, ...(toldOtherwise ?? told(last)) })
        if (error === 'aborted') assert.ok(last.clientLeft)
      })
    }

    it('counts a refused connection', () => {
      const failed = labelled(families, REQUESTS, { error_type: 'ECONNREFUSED' })
      assert.deepEqual(
        failed.map(({ labels: { gateway, ...labels }, value }) => [labels, value]),
        [
          [
            {
              gen_ai_operation_name: 'chat',
              gen_ai_system: 'custom',
              gen_ai_request_model: refusedModel,
              gen_ai_response_model: 'unknown',
              error_type: 'ECONNREFUSED',
              usage: 'none',
            },
            1,
          ],
        ],
      )
      assert.equal(sumOf(families, `${DURATION}_count`, { error_type: 'ECONNREFUSED' }), 1)
    })

    it('counts nothing else', () => {
      assert.equal(sumOf(families, REQUESTS), stories.length + 1)
      assert.equal(sumOf(families, `${DURATION}_count`), stories.length + 1)
      for (const type of ['input', 'output'] as const) {
        const sent = provider.served.reduce((sum, { tokens }) => sum + (tokens?.[type] ?? 0), 0)
        assert.equal(sumOf(families, TOKENS, { gen_ai_token_type: type }), sent)
      }
    })

    it('leaves stdout to the app', () => {
      const lines = app.stdout().split('\n')
      assert.deepEqual(
        lines.filter((line) => !/^(ready|done|call .*|)$/.test(line)),
        [],
      )
    })
  })
}

function labelled(families: Families, name: string, wanted: Record<string, string>): readonly Sample[] {
  const family = families.get(name) ?? families.get(name.replace(/_(count|sum)$/, ''))
  return (family?.samples ?? []).filter(
    (sample) =>
      sample.name === name && Object.entries(wanted).every(([label, value]) => sample.labels[label] === value),
  )
}

/** What the app says it was told about a call, without what does not tell. */
function toldTo(app: App, model: string): unknown {
  const calls = [...app.stdout().matchAll(/^call (.*)$/gm)].map(([, json]) => JSON.parse(json as string))
  return calls.find((call) => call.model === model)
}

/** A port that was free a moment ago. */
async function urlWithoutServer(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${port}`
}
