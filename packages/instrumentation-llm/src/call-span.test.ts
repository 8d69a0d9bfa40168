import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { type Context, type ContextManager, context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { findExemplars, type Script } from './call-metrics.test-support.ts'

const traceIdOf = (n: number) => `${n}`.repeat(32)
const spanIdOf = (n: number) => `${n}`.repeat(16)

/** Makes an app's SDK, in which this context is active. */
function activate(active: Context): void {
  const manager = { active: () => active, disable() {} } as Partial<ContextManager> as ContextManager
  context.disable()
  context.setGlobalContextManager(manager)
}

const contextWithSpan = (n: number, traceFlags = 1) =>
  trace.setSpanContext(ROOT_CONTEXT, { traceId: traceIdOf(n), spanId: spanIdOf(n), traceFlags })

const call = (script: Partial<Script> = {}): Script => ({
  target: '/v1/chat/completions',
  request: { model: 'm', messages: [] },
  status: 200,
  body: { model: 'm-1', choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } },
  isInCallerContext: true,
  ...script,
})

const traceparent = (n: number, flags = '01') => ({ traceparent: `00-${traceIdOf(n)}-${spanIdOf(n)}-${flags}` })

describe('the exemplar of an LLM call', () => {
  afterEach(() => context.disable())

  it('is the sampled span that was active as the call began', async () => {
    activate(contextWithSpan(1))
    assert.deepEqual(await findExemplars(call({ seconds: 3 })), [[traceIdOf(1), spanIdOf(1), 3]])
    activate(contextWithSpan(1, 0))
    assert.deepEqual(await findExemplars(call()), [])
    activate(ROOT_CONTEXT)
    assert.deepEqual(await findExemplars(call()), [])
  })

  it('is the span that the call itself names, if it names one', async () => {
    activate(contextWithSpan(1))
    assert.deepEqual(await findExemplars(call({ headers: traceparent(2) })), [[traceIdOf(2), spanIdOf(2), 1]])
    assert.deepEqual(await findExemplars(call({ headers: traceparent(2, '00') })), [])
    assert.deepEqual(await findExemplars(call({ headers: { traceparent: 'x' } })), [[traceIdOf(1), spanIdOf(1), 1]])
  })

  it('is absent if the call may begin in the context of another one, or if the app has no SDK', async () => {
    activate(contextWithSpan(1))
    assert.deepEqual(await findExemplars(call({ isInCallerContext: false, headers: traceparent(2) })), [])
    context.disable()
    assert.deepEqual(await findExemplars(call({ headers: traceparent(2) })), [])
  })

  it('is of the last attempt of a call that is tried again, but absent if the attempts are of several traces', async () => {
    const attempts = (first: number, second: number) => [
      call({ status: 500, body: {}, headers: { 'x-stainless-retry-count': '0', ...traceparent(first) } }),
      call({ headers: { 'x-stainless-retry-count': '1', ...traceparent(second) } }),
    ]
    activate(ROOT_CONTEXT)
    assert.deepEqual(await findExemplars(...attempts(3, 3)), [[traceIdOf(3), spanIdOf(3), 2]])
    assert.deepEqual(await findExemplars(...attempts(3, 4)), [])
  })

  it('is of the request that began a call in the background', async () => {
    const response = (status: string, usage: object | null) => ({
      id: 'resp_1',
      object: 'response',
      background: true,
      status,
      model: 'm-1',
      error: null,
      usage,
    })
    activate(ROOT_CONTEXT)
    const exemplars = await findExemplars(
      call({
        target: '/v1/responses',
        request: { model: 'm', input: 'x', background: true },
        body: response('queued', null),
        headers: traceparent(5),
      }),
      call({
        method: 'GET',
        target: '/v1/responses/resp_1',
        request: undefined,
        body: response('completed', { input_tokens: 1, output_tokens: 1, total_tokens: 2 }),
        headers: traceparent(6),
      }),
    )
    assert.deepEqual(exemplars, [[traceIdOf(5), spanIdOf(5), 2]])
  })
})
