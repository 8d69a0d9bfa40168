import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, countCall, countTokens, type Script } from '../call-metrics.test-support.ts'

const usage = { prompt_tokens: 700, completion_tokens: 30, total_tokens: 730 }
const run = {
  id: 'run_1',
  object: 'thread.run',
  thread_id: 'thread_1',
  status: 'queued',
  model: 'gpt-5.2',
  usage: null,
  last_error: null,
}
const call = (script: Partial<Script>): Script => ({
  target: '/v1/threads/thread_1/runs',
  headers: { 'openai-beta': 'assistants=v2' },
  request: { assistant_id: 'asst_1', stream: true },
  status: 200,
  ...script,
})
const stream = (...events: (readonly [string, object | string])[]) =>
  events
    .map(([name, data]) => `event: ${name}\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`)
    .join('')
const firstEvents = [
  ['thread.run.created', run],
  ['thread.message.delta', { object: 'thread.message.delta', delta: { content: '"object":"thread.run"' } }],
  ['thread.run.step.completed', { object: 'thread.run.step', usage: { prompt_tokens: 1, completion_tokens: 1 } }],
] as const

describe('Assistants', () => {
  it('counts the run that ends an Assistants stream, and not its steps', async () => {
    const body = stream(
      ...firstEvents,
      ['thread.run.completed', { ...run, status: 'completed', usage }],
      ['done', '[DONE]'],
    )
    for (const target of ['/v1/threads/thread_1/runs', '/v1/threads/runs', '/openai/threads/t/runs?api-version=1']) {
      assert.deepEqual(await countTokens(call({ target, body })), { input: 700, output: 30 })
    }
    assert.deepEqual(await countCall(call({ body, host: 'api.openai.com' })), {
      gen_ai_operation_name: 'chat',
      gen_ai_system: 'openai',
      gen_ai_request_model: 'unknown',
      gen_ai_response_model: 'gpt-5.2',
      error_type: '',
      usage: 'reported',
    })
  })

  it('has the error of an Assistants run that failed, with its tokens', async () => {
    const last_error = { code: 'rate_limit_exceeded', message: 'no' }
    const body = stream(...firstEvents, ['thread.run.failed', { ...run, status: 'failed', last_error, usage }])
    assert.equal((await countCall(call({ body }))).error_type, 'rate_limit_exceeded')
    assert.deepEqual(await countTokens(call({ body })), { input: 700, output: 30 })
  })

  it('counts an Assistants run that is polled once, with its final tokens', async () => {
    const poll = (members: object) =>
      call({
        method: 'GET',
        target: '/v1/threads/thread_1/runs/run_1',
        request: undefined,
        body: { ...run, ...members },
      })
    const scripts = [
      call({ body: run }),
      poll({ status: 'in_progress' }),
      poll({ status: 'completed', usage }),
      poll({ status: 'completed', usage }),
    ]
    const { requests, tokens, durations } = await count(...scripts)
    assert.deepEqual([requests.length, requests[0]?.value, requests[0]?.labels.usage], [1, 1, 'reported'])
    assert.deepEqual(
      tokens.map(({ value }) => value),
      [700, 30],
    )
    assert.equal(durations[0]?.seconds, 3)
  })

  it('has the usage missing for an Assistants run that is not polled, or that waits for tools', async () => {
    assert.equal((await countCall(call({ body: run }))).usage, 'missing')
    const waiting = { ...run, status: 'requires_action' }
    const poll = call({ method: 'GET', target: '/v1/threads/thread_1/runs/run_1', request: undefined, body: waiting })
    const outputs = call({
      target: '/v1/threads/thread_1/runs/run_1/submit_tool_outputs',
      request: { tool_outputs: [] },
      body: run,
    })
    const finalPoll = { ...poll, body: { ...run, status: 'completed', usage } }
    const { requests, tokens } = await count(call({ body: run }), poll, outputs, poll, finalPoll)
    assert.deepEqual(
      requests.map(({ labels, value }) => [labels.usage, value]),
      [['missing', 2]],
    )
    assert.deepEqual(tokens, [])
    const again = await count(call({ body: run }), poll, outputs, finalPoll)
    assert.deepEqual(
      again.tokens.map(({ value }) => value),
      [700, 30],
    )
  })

  it('does not count an Assistants run that another process began', async () => {
    const poll = call({ method: 'GET', target: '/v1/threads/thread_1/runs/run_1', body: { ...run, usage } })
    const cancel = call({ target: '/v1/threads/thread_1/runs/run_1/cancel', request: undefined, body: run })
    assert.deepEqual((await count(poll, cancel)).requests, [])
  })

  it('does not count runs of LangGraph, which have an assistant too', async () => {
    const request = { assistant_id: 'agent', input: { messages: [] } }
    const langGraph = call({
      target: '/threads/t/runs',
      headers: {},
      request,
      body: { run_id: 'r', status: 'pending' },
    })
    assert.deepEqual((await count(langGraph)).requests, [])
  })
})
