import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { awsMessage } from '../../wire/src/bodies/aws-event-stream.test-support.ts'
import type { Format } from './formats/format.ts'
import { FORMATS } from './formats/index.ts'
import { LlmResponse } from './llm-response.ts'
import { createResponseBodyReader } from './response-body.ts'

const CONTENT_TYPES = [
  'application/json; charset=utf-8',
  'Text/Event-Stream',
  'application/x-ndjson',
  'application/vnd.amazon.eventstream',
  '',
]

const findByName = (name: string) => FORMATS.find((format) => format.name.startsWith(name)) as Format

/** Returns what is read from a body that comes in chunks of these sizes, over and over. */
function read(format: Format, contentType: string, body: Uint8Array, chunkSizes: readonly number[], isComplete = true) {
  const response = new LlmResponse(format)
  const reader = createResponseBodyReader(
    { status: 200, header: (name) => (name === 'content-type' ? contentType : undefined) },
    format,
    response,
  )
  for (let i = 0, n = 0; i < body.length; n++) {
    const end = i + (chunkSizes[n % chunkSizes.length] ?? body.length)
    const chunk = Uint8Array.from(body.subarray(i, end))
    reader.push(chunk)
    // A chunk is only lent, so it is overwritten after the call.
    chunk.fill(0xff)
    i = end
  }
  reader.end(isComplete)
  const { model, errorType, isFinished, inputTokens, outputTokens } = response
  return { model, errorType, isFinished, inputTokens, outputTokens }
}

/** Generates messages with members that a format reads, in any order and with any values. */
function generateMessages(format: Format): fc.Arbitrary<object[]> {
  const counts = fc.dictionary(
    fc.constantFrom(...format.inputCounts, ...format.outputCounts, 'tokens', 'total_tokens', 'total'),
    fc.oneof(fc.nat(1000), fc.jsonValue({ maxDepth: 1 })),
    { maxKeys: 5 },
  )
  const names = [
    ...format.responseMembers,
    'type',
    'event_type',
    'response',
    'message',
    'delta',
    'interaction',
    'x_groq',
    'done',
  ]
  const types = ['message_start', 'message_stop', 'response.completed', 'message-end', 'finish', 'error', 'stream-end']
  const { message } = fc.letrec<{ message: object; value: unknown }>((tie) => ({
    message: fc.dictionary(fc.constantFrom(...names, ...format.inputCounts), tie('value'), { maxKeys: 6 }),
    value: fc.oneof(
      { depthSize: 'small' },
      counts,
      fc.constantFrom(...types, true, null),
      fc.string({ unit: 'binary', maxLength: 8 }),
      tie('message'),
    ),
  }))
  return fc.array(message, { maxLength: 5 })
}

function encode(messages: readonly object[], contentType: string): Uint8Array {
  const json = messages.map((message) => JSON.stringify(message))
  switch (contentType) {
    case 'Text/Event-Stream':
      return Buffer.from(json.map((data, i) => `data: ${data}${i % 2 === 0 ? '\r\n\r\n' : '\n\n'}`).join(''))
    case 'application/x-ndjson':
      return Buffer.from(json.join('\n'))
    case 'application/vnd.amazon.eventstream':
      return Buffer.concat(json.map((payload) => awsMessage({ ':event-type': 'x' }, payload)))
    default:
      return Buffer.from(json.length === 1 ? (json[0] as string) : `[${json.join(',')}]`)
  }
}

const chunkSizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 })

describe('createResponseBodyReader', () => {
  for (const format of FORMATS) {
    it(`reads the same from a response however it is cut: ${format.name}`, () => {
      fc.assert(
        fc.property(
          generateMessages(format),
          fc.constantFrom(...CONTENT_TYPES),
          chunkSizes,
          fc.boolean(),
          (messages, type, sizes, isComplete) => {
            const body = encode(messages, type)
            assert.deepEqual(
              read(format, type, body, sizes, isComplete),
              read(format, type, body, [body.length || 1], isComplete),
            )
          },
        ),
      )
    })
  }

  it('reads the same from a response whatever its content type', () => {
    const format = findByName('OpenAI Chat Completions')
    const last = { model: 'm', usage: { prompt_tokens: 3, completion_tokens: 2 } }
    const messages = [{ model: 'm', choices: [] }, last]
    const expected = { model: 'm', errorType: undefined, isFinished: false, inputTokens: 3, outputTokens: 2 }
    const events = String(encode(messages, 'Text/Event-Stream'))
    const bodies = [
      ...CONTENT_TYPES.map((type) => encode(messages, type)),
      ...[encode([last], ''), Buffer.from(`\n\n${JSON.stringify(last, null, 2)}\n`)],
      // Streams that begin with a comment, each of the other fields, a blank line or a byte order mark.
      ...[': ping\n', 'event: x\n', 'id: 1\n', 'retry: 5\n', '\r\n', '\uFEFF'].map((first) =>
        Buffer.from(first + events),
      ),
    ]
    for (const type of [...CONTENT_TYPES, 'application/json', 'text/plain', 'application/octet-stream', 'text/html']) {
      for (const [i, body] of bodies.entries()) {
        for (const sizes of [[1], [3], [body.length]]) {
          assert.deepEqual(read(format, type, body, sizes), expected, `body ${i} as ${type} in chunks of ${sizes}`)
        }
      }
    }
  })

  it('reads an event stream whose first line is not a field if its content type says so', () => {
    const format = findByName('OpenAI Chat Completions')
    const body = Buffer.from('welcome\ndata: {"usage":{"prompt_tokens":3}}\n\n')
    assert.equal(read(format, 'text/event-stream;charset=utf-8', body, [1]).inputTokens, 3)
    assert.equal(read(format, 'text/plain', body, [1]).inputTokens, undefined)
  })

  it('reads nothing from a response with sound or pictures', () => {
    const format = findByName('OpenAI Audio')
    const body = Buffer.from('data: {"usage":{"input_tokens":3}}\n\n')
    for (const type of ['audio/pcm', 'Image/png', 'video/mp4']) {
      assert.equal(read(format, type, body, [body.length]).inputTokens, undefined)
    }
  })

  it('reads the same from any bytes of a response, however they are cut, and throws nothing', () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc
        .constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', '\n', '\r\n', 'data: ', '"usage":', '"model":', '\uFEFF')
        .map((text) => new TextEncoder().encode(text)),
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...FORMATS),
        fc.constantFrom(...CONTENT_TYPES),
        fc.array(part, { maxLength: 12 }),
        chunkSizes,
        (format, type, parts, sizes) => {
          const body = Buffer.concat(parts)
          assert.deepEqual(read(format, type, body, sizes), read(format, type, body, [body.length || 1]))
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('keeps little of a response whose member, line, event, element or message never ends', () => {
    const format = FORMATS[0] as Format
    const frame = Buffer.alloc(12)
    frame.writeUInt32BE(0xffffffff, 0)
    const beginnings = ['{"model":"', 'data: {"usage":', '{"usage":', frame, '[{"usage":"']
    const types = [...CONTENT_TYPES.slice(0, 4), 'application/json']
    const filler = Buffer.alloc(64 * 1024, 'x')
    for (const [i, type] of types.entries()) {
      const response = new LlmResponse(format)
      const reader = createResponseBodyReader({ status: 200, header: () => type }, format, response)
      reader.push(Buffer.from(beginnings[i] as string))
      const before = process.memoryUsage()
      for (let pushed = 0; pushed < 96 * 1024 * 1024; pushed += filler.length) reader.push(filler)
      const { heapUsed, arrayBuffers } = process.memoryUsage()
      const grown = heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers
      assert.ok(grown < 64 * 1024 * 1024, `${type}: ${grown} bytes more`)
      reader.end(true)
      assert.equal(response.inputTokens, undefined)
    }
  })
})
