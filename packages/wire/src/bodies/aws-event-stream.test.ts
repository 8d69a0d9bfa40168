import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { awsFrame, awsMessage } from './aws-event-stream.test-support.ts'
import { createAwsEventStreamParser } from './aws-event-stream.ts'

function eventsOf(body: Uint8Array, { piece = Number.POSITIVE_INFINITY, max = 1000 } = {}) {
  const events: [type: string | undefined, payload: string][] = []
  const parser = createAwsEventStreamParser(
    (event) => events.push([event.header(':event-type'), Buffer.from(event.payload).toString()]),
    max,
  )
  for (let i = 0; i < body.length; i += piece) {
    // Lent: who keeps a chunk finds it overwritten.
    const chunk = Uint8Array.from(body.subarray(i, i + piece))
    parser.push(chunk)
    chunk.fill(0xff)
  }
  return events
}

describe('createAwsEventStreamParser', () => {
  const headers = { ':message-type': 'event', ':event-type': 'metadata', ':content-type': 'application/json' }
  const body = Buffer.concat([
    awsMessage(headers, '{"text":"grüße 漢字 🎈"}'),
    awsMessage({}, ''),
    awsMessage({ ':event-type': 'größe' }, 'x'),
  ])
  const events = [
    ['metadata', '{"text":"grüße 漢字 🎈"}'],
    [undefined, ''],
    ['größe', 'x'],
  ]

  it('reads messages, wherever the bytes are cut', () => {
    for (let piece = 1; piece <= body.length; piece++) assert.deepEqual(eventsOf(body, { piece }), events)
  })

  it('finds a header behind those of every other type', () => {
    const name = (text: string, type: number) => [text.length, ...Buffer.from(text), type]
    const values = [
      [],
      [],
      [1],
      [1, 2],
      [1, 2, 3, 4],
      Array(8).fill(1),
      [0, 3, 9, 9, 9],
      [0, 1, 0x61],
      Array(8).fill(1),
    ]
    const fields = [...values, Array(16).fill(1)].flatMap((value, type) => [...name(`h${type}`, type), ...value])
    const type = [...name(':event-type', 7), 0, 2, 0x6f, 0x6b]
    assert.deepEqual(eventsOf(awsFrame(Uint8Array.from([...fields, ...type]), Buffer.of())), [['ok', '']])
  })

  it('passes over a message that is too long, and reads the next one', () => {
    const long = awsMessage(headers, 'x'.repeat(2000))
    for (const piece of [1, 7, 10_000]) {
      assert.deepEqual(eventsOf(Buffer.concat([long, body]), { piece }), events)
    }
  })

  it('reads nothing more after lengths that contradict each other', () => {
    for (const [total, length] of [
      [0, 0],
      [15, 0],
      [16, 1],
      [200, 0xffffffff],
    ] as const) {
      const broken = Buffer.alloc(12)
      broken.writeUInt32BE(total, 0)
      broken.writeUInt32BE(length, 4)
      assert.deepEqual(eventsOf(Buffer.concat([body, broken, body])), events)
    }
  })

  it('gives the same for every cut of any bytes, without an exception', () => {
    const message = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 30 })).map(([h, p]) => awsFrame(h, p)),
      fc.string({ maxLength: 9 }).map((value) => awsMessage({ ':event-type': value }, 'p')),
    )
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), fc.integer({ min: 1, max: 30 }), (parts, piece) => {
        const bytes = Buffer.concat(parts)
        assert.deepEqual(eventsOf(bytes, { piece, max: 50 }), eventsOf(bytes, { max: 50 }))
      }),
    )
  })
})
