import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { type ContextManager, context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { activeContext, contextOfSpan, parseTraceparent, sampledSpan, sampledSpanIn } from './app-spans.ts'

const API = Symbol.for('opentelemetry.js.api.1')
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN_ID = '00f067aa0ba902b7'
const SPAN = { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1 }

const fail = () => {
  throw new Error('a tracer that fails')
}

describe('activeContext', () => {
  afterEach(() => {
    delete (globalThis as { [API]?: unknown })[API]
  })

  it("is that of the app's SDK, and undefined without one", () => {
    assert.equal(activeContext(), undefined)
    const active = trace.setSpanContext(ROOT_CONTEXT, SPAN)
    context.setGlobalContextManager({ active: () => active } as Partial<ContextManager> as ContextManager)
    assert.equal(activeContext(), active)
    assert.deepEqual(sampledSpanIn(active), SPAN)
  })

  it('is undefined if the SDK fails', () => {
    const globals = [null, 7, { context: 7 }, { context: { active: fail } }, new Proxy({}, { get: fail })]
    for (const value of globals) {
      Object.assign(globalThis, { [API]: value })
      assert.equal(activeContext(), undefined)
    }
  })
})

describe('sampledSpan', () => {
  it('keeps nothing of the span but its ids', () => {
    const span = trace.wrapSpanContext({ ...SPAN, isRemote: true, traceState: {} as never })
    assert.deepEqual(sampledSpan(span), SPAN)
  })

  it('is undefined for a span that is not sampled, and for what is no span', () => {
    const others = [
      undefined,
      null,
      7,
      {},
      { spanContext: fail },
      { spanContext: () => null },
      new Proxy({}, { get: fail }),
    ]
    for (const span of [trace.wrapSpanContext({ ...SPAN, traceFlags: 0 }), ...others]) {
      assert.equal(sampledSpan(span), undefined)
    }
  })
})

describe('parseTraceparent', () => {
  it('reads the span that the header names, also of later versions', () => {
    const named = `${TRACE_ID}-${SPAN_ID}`
    assert.deepEqual(parseTraceparent(`00-${named}-01`), SPAN)
    assert.deepEqual(parseTraceparent(`00-${named}-00`), { ...SPAN, traceFlags: 0 })
    assert.deepEqual(parseTraceparent(`cc-${named}-03-what-comes-later`), { ...SPAN, traceFlags: 3 })
  })

  it('is undefined for any other header', () => {
    const named = `${TRACE_ID}-${SPAN_ID}`
    for (const header of [undefined, '', 'x', `ff-${named}-01`, `00-${named}`, `00-${named}-012`, `00-${SPAN_ID}-01`]) {
      assert.equal(parseTraceparent(header), undefined, header)
    }
  })
})

describe('contextOfSpan', () => {
  it('is a context in which the API finds the span, and undefined without a span', () => {
    assert.deepEqual(trace.getSpanContext(contextOfSpan(SPAN) ?? ROOT_CONTEXT), SPAN)
    assert.equal(contextOfSpan(undefined), undefined)
  })

  it('makes contexts like any other context', () => {
    const key = Symbol('key')
    const spanOnly = contextOfSpan(SPAN) ?? ROOT_CONTEXT
    assert.equal(spanOnly.getValue(key), undefined)
    const both = spanOnly.setValue(key, 1)
    assert.deepEqual([both.getValue(key), trace.getSpanContext(both)], [1, SPAN])
    assert.deepEqual(trace.getSpanContext(both.deleteValue(key)), SPAN)
    assert.equal(trace.getSpanContext(trace.deleteSpan(spanOnly)), undefined)
    assert.equal(trace.getSpanContext(spanOnly.deleteValue(key)), trace.getSpanContext(spanOnly))
  })
})
