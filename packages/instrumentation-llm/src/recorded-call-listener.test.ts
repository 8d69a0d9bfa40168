import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { CallRecord } from './call-record.ts'
import { type LlmCall, recordLlmCall } from './index.ts'
import { listenForRecordedCalls } from './recorded-call-listener.ts'

describe('recordLlmCall', () => {
  let counted: CallRecord[]
  let problems: string[]
  let stop: () => void

  beforeEach(() => {
    counted = []
    problems = []
    stop = listenForRecordedCalls(
      (call) => counted.push(call),
      (problem) => problems.push(problem),
    )
  })
  afterEach(() => stop())

  it('counts a recorded call with every value', () => {
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

  it('counts a recorded call with only the required values', () => {
    recordLlmCall({ system: 'anthropic', durationSeconds: 0, requestModel: '' })
    recordLlmCall({ system: 'anthropic', durationSeconds: 2, errorType: '500' })
    const defaults = {
      operation: 'chat',
      system: 'anthropic',
      requestModel: undefined,
      responseModel: undefined,
      inputTokens: undefined,
      outputTokens: undefined,
    }
    assert.deepEqual(counted, [
      { ...defaults, durationSeconds: 0, errorType: '', usage: 'missing' },
      { ...defaults, durationSeconds: 2, errorType: '500', usage: 'none' },
    ])
  })

  it('counts no invalid recorded call, reports the first one, and never throws', () => {
    const valid = { system: 'x', durationSeconds: 1 }
    const throwing = {
      get system(): string {
        throw new Error('mine')
      },
    }
    const endless = new Proxy({}, { get: () => Symbol('s') })
    for (const invalid of [
      undefined,
      null,
      5,
      'x',
      {},
      { ...valid, system: '' },
      { ...valid, system: 5 },
      { ...valid, durationSeconds: Number.NaN },
      { ...valid, durationSeconds: -1 },
      { ...valid, durationSeconds: '1' },
      { ...valid, inputTokens: -1 },
      { ...valid, outputTokens: 1.5 },
      { ...valid, outputTokens: 10n },
      { ...valid, operation: 'sing' },
      { ...valid, requestModel: {} },
      { ...valid, errorType: new Error('x') },
      throwing,
      endless,
    ]) {
      recordLlmCall(invalid as never)
    }
    assert.deepEqual(counted, [])
    assert.deepEqual(problems, ['recordLlmCall: the call is undefined, not an object; such calls are not counted'])
  })

  it('reports an invalid value of a recorded call on one line', () => {
    recordLlmCall({ system: 'x', durationSeconds: 1, operation: '\u001b[31m\nsing' as never })
    assert.match(problems[0] ?? '', /^recordLlmCall: operation is "[ -~]+", not one of chat, [ -~]+$/)
  })

  it('does nothing with a recorded call if no instrumentation is enabled', () => {
    stop()
    recordLlmCall(undefined as never)
    assert.deepEqual([counted, problems], [[], []])
  })
})
