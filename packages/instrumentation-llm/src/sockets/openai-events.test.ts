import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LlmResponse } from '../llm-response.ts'
import { createOpenaiReader } from './openai-events.ts'
import { openaiRealtime } from './openai-realtime.ts'
import type { SocketCall } from './socket-format.ts'

/** Begins to read a WebSocket, at a time that goes on by 1 ms with each message. Returns its calls, in the order of their requests. */
function read(messages: readonly (readonly ['sent' | 'received', object])[]): readonly SocketCall[] {
  let nowMs = 0
  const calls: SocketCall[] = []
  const reader = createOpenaiReader(
    {
      now: () => nowMs,
      begin() {
        const response = new LlmResponse(openaiRealtime, () => nowMs)
        const call = { response, startMs: nowMs, requestModel: undefined, hasResponse: false, isComplete: false }
        calls.push({ ...call, complete() {}, end() {}, discard() {} })
        return calls.at(-1) as SocketCall
      },
    },
    { errorsEndCalls: false, read() {} },
  )
  for (const [by, message] of messages) {
    nowMs++
    reader[by](Buffer.from(JSON.stringify(message)))
  }
  return calls
}

describe('createOpenaiReader', () => {
  it('attributes the first content to the response that it is of, by the id or by the lane', () => {
    for (const [first, second] of [
      [{ response_id: 'a' }, { response_id: 'b' }],
      [{ stream_id: 'x' }, { stream_id: 'y' }],
    ] as const) {
      const lane = (of: object) => ('stream_id' in of ? of : {})
      const calls = read([
        ['sent', { type: 'response.create', ...lane(first) }],
        ['sent', { type: 'response.create', ...lane(second) }],
        ['received', { type: 'response.created', response: { id: 'a' }, ...lane(first) }],
        ['received', { type: 'response.created', response: { id: 'b' }, ...lane(second) }],
        ['received', { type: 'response.output_text.delta', ...second, delta: 'text' }],
        ['received', { type: 'response.output_text.delta', ...second, delta: 'text' }],
        ['received', { type: 'response.output_text.delta', ...first, delta: 'text' }],
      ])
      assert.deepEqual(
        calls.map(({ response }) => response.firstTokenMs),
        [7, 5],
      )
    }
  })
})
