import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { CallRecord } from './call-listener.ts'
import { type LlmCall, recordLlmCall } from './index.ts'
import { watchRecordedCalls } from './recorded-call-listener.ts'

describe('recordLlmCall', () => {
  let counted: CallRecord[]
  let problems: string[]
  let stop: () => void

  beforeEach(() => {
    counted = []
    problems = []
    stop = watchRecordedCalls(
      (call) => counted.push(call),
      (problem) => problems.push(problem),
    )
  })
  afterEach(() => stop())

  it('counts a call with all that is told', () => {
    const call: LlmCall = {
      operation: 'generate_content',
      system: 'gcp.gemini',
      requestModel: 'gemini-live',
      responseModel: 'gemini-live-001',
      inputTokens: 10,
      outputTokens: 0,
      durationSeconds: 1.5,
      errorType: 'aborted',
    }
    recordLlmCall(call)
    assert.deepEqual(counted, [{ ...call, usage: 'reported' }])
    assert.deepEqual(problems, [])
  })

  it('takes little, and says what is not known', () => {
    recordLlmCall({ system: 'anthropic', durationSeconds: 0, requestModel: '' })
    recordLlmCall({ system: 'anthropic', durationSeconds: 2, errorType: '500' })
    const unknown = {
      operation: 'chat',
      system: 'anthropic',
      requestModel: undefined,
      responseModel: undefined,
      inputTokens: undefined,
      outputTokens: undefined,
    }
    assert.deepEqual(counted, [
      { ...unknown, durationSeconds: 0, errorType: '', usage: 'missing' },
      { ...unknown, durationSeconds: 2, errorType: '500', usage: 'none' },
    ])
  })

  it('counts nothing that is wrong, tells of the first, and never throws', () => {
    const good = { system: 'x', durationSeconds: 1 }
    const throwing = {
      get system(): string {
        throw new Error('mine')
      },
    }
    const endless = new Proxy({}, { get: () => Symbol('s') })
    for (const bad of [
      undefined,
      null,
      5,
      'x',
      {},
      { ...good, system: '' },
      { ...good, system: 5 },
      { ...good, durationSeconds: Number.NaN },
      { ...good, durationSeconds: -1 },
      { ...good, durationSeconds: '1' },
      { ...good, inputTokens: -1 },
      { ...good, outputTokens: 1.5 },
      { ...good, outputTokens: 10n },
      { ...good, operation: 'sing' },
      { ...good, requestModel: {} },
      { ...good, errorType: new Error('x') },
      throwing,
      endless,
    ]) {
      recordLlmCall(bad as never)
    }
    assert.deepEqual(counted, [])
    assert.deepEqual(problems, ['recordLlmCall: the call is undefined, not an object; such calls are not counted'])
  })

  it('says with what value, on one line', () => {
    recordLlmCall({ system: 'x', durationSeconds: 1, operation: '\u001b[31m\nsing' as never })
    assert.match(problems[0] ?? '', /^recordLlmCall: operation is "[ -~]+", not one of chat, [ -~]+$/)
  })

  it('does nothing where nobody listens', () => {
    stop()
    recordLlmCall(undefined as never)
    assert.deepEqual([counted, problems], [[], []])
  })
})
