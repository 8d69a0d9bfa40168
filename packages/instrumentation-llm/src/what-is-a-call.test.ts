import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, type Script } from './call-metrics.test-support.ts'
import { ndjson, sse } from './formats/streams.test-support.ts'

const REFUSED = { outcome: 'error', error: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) } as const

/** Returns how many calls are counted. */
async function countCalls(script: Script): Promise<number> {
  const { requests } = await count(script)
  return requests.reduce((sum, { value }) => sum + value, 0)
}

const messages = [{ role: 'user', content: 'hi' }]

/** Paths that other products have too, with the API's request and response and those of other products. */
const SHARED: readonly {
  readonly target: string
  readonly request: object
  readonly body: unknown
  readonly others: readonly { readonly request: object; readonly body: unknown }[]
}[] = [
  {
    target: '/api/chat',
    request: { model: 'm', messages },
    body: ndjson({ model: 'm', created_at: 'x', message: {}, done: false }),
    others: [
      // An AI SDK user interface sends these messages to its own backend.
      { request: { id: 'c', messages, model: 'm' }, body: sse({ type: 'text-delta', id: '0' }, '[DONE]') },
      { request: { model: 'm', messages }, body: '<html>' },
      { request: { text: 'x' }, body: { reply: 'x' } },
    ],
  },
  {
    target: '/api/generate',
    request: { model: 'm', prompt: 'x' },
    body: { model: 'm', created_at: 'x', response: 'x', done: true, done_reason: 'stop' },
    others: [{ request: { prompt: 'a logo', model: 'v2' }, body: { image: 'https://example.com/1.png' } }],
  },
  {
    target: '/v1/generate',
    request: { model: 'm', prompt: 'x' },
    body: { id: 'x', generations: [], meta: { api_version: {} } },
    others: [{ request: { prompt: 'a calm piano', model: 'V4' }, body: { code: 200, data: { taskId: '1' } } }],
  },
  {
    target: '/v1/chat',
    request: { model: 'm', message: 'x' },
    body: ndjson({ is_finished: false, event_type: 'stream-start' }),
    others: [{ request: { model: 'm', message: 'x' }, body: { answer: 'x' } }],
  },
  {
    target: '/v2/chat',
    request: { model: 'm', messages },
    body: sse({ type: 'message-start' }),
    others: [{ request: { model: 'm', messages }, body: { message: 'accepted' } }],
  },
  {
    target: '/v1/responses',
    request: { model: 'm', input: 'x' },
    body: { object: 'response', status: 'completed' },
    others: [
      { request: { brand: 'Volvo', model: 'V70', year: 2004 }, body: { id: 1 } },
      { request: { model: 'V70', input: ['a', 'b'] }, body: { id: 1 } },
    ],
  },
  {
    target: '/v1/interactions',
    request: { model: 'm', input: 'x' },
    body: { id: 'i', status: 'completed' },
    others: [{ request: { model: 'm', input: 'x' }, body: { id: 1 } }],
  },
]

describe('Request to a shared path', () => {
  for (const { target, request, body, others } of SHARED) {
    it(`counts a request to ${target} if it and its response are the API's`, async () => {
      assert.equal(await countCalls({ target, request, status: 200, body }), 1)
      assert.equal(await countCalls({ target, request, status: 200, body, chunkBytes: 1 }), 1)
    })

    it(`does not count a request to ${target} if it and its response are another product's`, async () => {
      for (const other of others) {
        assert.equal(
          await countCalls({ target, status: 200, contentType: 'text/plain', ...other }),
          0,
          JSON.stringify(other),
        )
      }
      assert.equal(await countCalls({ target, request, status: 204 }), 0)
    })

    it(`counts a request to ${target} by its body if no response contradicts`, async () => {
      assert.equal(await countCalls({ target, request, status: 500 }), 1)
      assert.equal(await countCalls({ target, request, ...REFUSED }), 1)
      assert.equal(await countCalls({ target, request, outcome: 'aborted' }), 1)
      assert.equal(await countCalls({ target, request, status: 200, body: '', ...REFUSED }), 1)
      assert.equal(await countCalls({ target, request: { model: 'm', other: 'x' }, status: 500 }), 0)
    })

    it(`does not count a request to ${target} whose body was not seen, unless its host is known`, async () => {
      assert.equal(await countCalls({ target, ...REFUSED }), 0)
      assert.equal(await countCalls({ target, host: 'api.openai.com', ...REFUSED }), 1)
    })
  }

  it('counts a request to a shared path if the response reports tokens', async () => {
    const usage = { input_tokens: 3, output_tokens: 4 }
    assert.equal(await countCalls({ target: '/responses', request: { x: 1 }, status: 200, body: { usage } }), 1)
  })

  it('counts every request to a path that names the model or is not shared', async () => {
    for (const target of ['/chat/completions', '/openai/deployments/d/embeddings', '/models/m:generateContent']) {
      assert.equal(await countCalls({ target, ...REFUSED }), 1, target)
      assert.equal(await countCalls({ target, request: {}, status: 200, body: {} }), 1, target)
    }
  })

  it('counts a request without a model to a self-hosted server that reports tokens', async () => {
    const usage = { prompt_tokens: 3, completion_tokens: 4 }
    for (const target of ['/v1/completions', '/v1/embeddings']) {
      assert.equal(await countCalls({ target, request: { prompt: 'x', input: 'x' }, status: 200, body: { usage } }), 1)
    }
  })
})

describe('Request to Ollama', () => {
  const host = '127.0.0.1:11434'
  const done = (reason: string) => ({ model: 'm', created_at: 'x', response: '', done: true, done_reason: reason })

  it('does not count a request to Ollama that only loads or unloads a model', async () => {
    for (const options of [{}, { host }]) {
      for (const [target, request] of [
        ['/api/generate', { model: 'm' }],
        ['/api/generate', { model: 'm', prompt: '', keep_alive: 0 }],
        ['/api/chat', { model: 'm', messages: [] }],
      ] as const) {
        for (const body of [done('load'), done('unload'), ndjson(done('load'))]) {
          assert.equal(await countCalls({ ...options, target, request, status: 200, body }), 0, JSON.stringify(request))
        }
      }
      assert.equal(await countCalls({ ...options, target: '/api/generate', request: { model: 'no' }, status: 404 }), 0)
    }
  })

  it('counts a request to Ollama that fails, or whose connection is refused', async () => {
    const target = '/api/generate'
    assert.equal(await countCalls({ host, target, request: { model: 'm', prompt: 'x' }, status: 404 }), 1)
    assert.equal(await countCalls({ host, target, ...REFUSED }), 1)
  })
})
