import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { awsFrame, awsMessage } from './aws-event-stream.test-support.ts'
import { createAwsEventStreamParser } from './aws-event-stream.ts'

/** Reads a body in pieces of this many bytes. Messages may be 1000 bytes long. */
function messagesOf(body: Uint8Array, pieceBytes = Number.POSITIVE_INFINITY) {
  const messages: [type: string | undefined, payload: string][] = []
  const parser = createAwsEventStreamParser(
    (message) => messages.push([message.header(':event-type'), Buffer.from(message.payload).toString()]),
    1000,
  )
  for (let i = 0; i < body.length; i += pieceBytes) parser.push(body.subarray(i, i + pieceBytes))
  return messages
}

describe('createAwsEventStreamParser', () => {
  const headers = { ':message-type': 'event', ':event-type': 'metadata', ':content-type': 'application/json' }
  const body = Buffer.concat([
    awsMessage(headers, '{"text":"grüße 漢字 🎈"}'),
    awsMessage({}, ''),
    awsMessage({ ':event-type': 'größe' }, 'x'),
  ])
  const messages = [
    ['metadata', '{"text":"grüße 漢字 🎈"}'],
    [undefined, ''],
    ['größe', 'x'],
  ]

  it('reads each message with its headers and its payload, wherever the bytes are cut', () => {
    for (let pieceBytes = 1; pieceBytes <= body.length; pieceBytes++) {
      assert.deepEqual(messagesOf(body, pieceBytes), messages)
    }
  })

  it('finds a header that follows headers of every other type', () => {
    const name = (text: string, type: number) => [text.length, ...Buffer.from(text), type]
    /** A value of each type, in the order of their numbers. */
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
      Array(16).fill(1),
    ]
    const fields = values.flatMap((value, type) => [...name(`h${type}`, type), ...value])
    const eventType = [...name(':event-type', 7), 0, 2, 0x6f, 0x6b]
    assert.deepEqual(messagesOf(awsFrame(Uint8Array.from([...fields, ...eventType]), Buffer.of())), [['ok', '']])
  })

  it('skips a message that is longer than the bound, and reads the next one', () => {
    const long = awsMessage(headers, 'x'.repeat(2000))
    for (const pieceBytes of [1, 7, 10_000]) {
      assert.deepEqual(messagesOf(Buffer.concat([long, body]), pieceBytes), messages)
    }
  })

  it('reads nothing more after lengths that contradict each other', () => {
    for (const [messageBytes, headerBytes] of [
      [0, 0],
      [15, 0],
      [16, 1],
      [200, 0xffffffff],
    ] as const) {
      const broken = Buffer.alloc(12)
      broken.writeUInt32BE(messageBytes, 0)
      broken.writeUInt32BE(headerBytes, 4)
      assert.deepEqual(messagesOf(Buffer.concat([body, broken, body])), messages)
    }
  })
})
