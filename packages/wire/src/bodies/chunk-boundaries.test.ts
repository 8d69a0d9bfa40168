import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { awsFrame, awsMessage } from './aws-event-stream.test-support.ts'
import { createAwsEventStreamParser } from './aws-event-stream.ts'
import { createBodyCollector } from './body-collector.ts'
import { createEventStreamParser } from './event-stream.ts'
import { createJsonArrayParser } from './json-array.ts'
import { createJsonMembers } from './json-members.ts'
import { createJsonOutline, createLinesOutline } from './json-outline.ts'
import { createNdjsonParser } from './ndjson.ts'

/** Reads a body from its chunks, and returns everything that the reader found in it. */
type Read = (chunks: readonly Uint8Array[]) => unknown

/** What all readers of bodies have in common. */
interface Reader {
  push(chunk: Uint8Array): unknown
  end?(): void
}

/** Pushes all chunks. They are only lent, so each is overwritten as soon as it has been read. */
function push(reader: Reader, chunks: readonly Uint8Array[]): void {
  for (const chunk of chunks) {
    const lent = Uint8Array.from(chunk)
    reader.push(lent)
    lent.fill(QUOTE)
  }
}

const QUOTE = 0x22

/** Reads with a parser that hands on parts, and ends it unless the body was cut short. Returns the parts. */
const readParts =
  (create: (onPart: (...part: unknown[]) => void) => Reader, isWhole = true): Read =>
  (chunks) => {
    const found: unknown[] = []
    const reader = create((...part) => found.push(part))
    push(reader, chunks)
    if (isWhole) reader.end?.()
    return found
  }

/** Reads with an outline. Returns its bytes, and whether the text has ended. */
const readOutline =
  (create: (emit: (bytes: Uint8Array) => void) => Reader & { readonly isClosed?: boolean }): Read =>
  (chunks) => {
    const kept: Uint8Array[] = []
    const reader = create((bytes) => kept.push(Uint8Array.from(bytes)))
    push(reader, chunks)
    return [Buffer.concat(kept).toString('latin1'), reader.isClosed]
  }

/** Each reader with its default bounds and with ones that short texts exceed. */
function readers(): Record<string, Read> {
  const readers: Record<string, Read> = {}
  for (const [bounds, max] of Object.entries({ 'default bounds': undefined, 'a bound of 20': 20 })) {
    Object.assign(readers, {
      [`the event stream parser with ${bounds}`]: readParts((onPart) => createEventStreamParser(onPart, max)),
      [`the NDJSON parser with ${bounds}`]: readParts((onPart) => createNdjsonParser(onPart, max)),
      [`the JSON array parser with ${bounds}`]: readParts((onPart) => createJsonArrayParser(onPart, max)),
      [`the AWS event stream parser with ${bounds}`]: readParts((onPart) =>
        createAwsEventStreamParser(
          (message) => onPart(message.header(':event-type'), Buffer.from(message.payload).toString('latin1')),
          max,
        ),
      ),
      [`the JSON members with ${bounds}`]: (chunks: readonly Uint8Array[]) => {
        const {
          push: pushMembers,
          members,
          hasOfEach,
        } = createJsonMembers(['a', 'model'], max, [['b', 'x'], ['usage']])
        let bytes = 0
        let end: number | undefined
        push(
          {
            push(chunk) {
              const length = pushMembers(chunk)
              if (length !== -1) end = bytes + length
              bytes += chunk.length
            },
          },
          chunks,
        )
        return [{ ...members }, hasOfEach(), end]
      },
      [`the body collector with ${bounds}`]: (chunks: readonly Uint8Array[]) => {
        const collector = createBodyCollector(max ?? Number.POSITIVE_INFINITY)
        push(collector, chunks)
        return collector.text()
      },
    })
  }
  return {
    ...readers,
    'the event stream parser of a body that is cut short': readParts(
      (onPart) => createEventStreamParser(onPart),
      false,
    ),
    'the NDJSON parser of a body that is cut short': readParts((onPart) => createNdjsonParser(onPart), false),
    'the JSON outline': readOutline((emit) => createJsonOutline(emit, 2)),
    'the outline of lines': readOutline((emit) => {
      let lines = 0
      return createLinesOutline(emit, () => 1 + (lines++ % 3))
    }),
  }
}

const bytesOf = (text: string) => new TextEncoder().encode(text)

const object = JSON.stringify({
  a: 'grüße "漢字" \\ 🎈',
  'with "quotes"': [{ b: { c: [1, [], {}] } }, '\\"', '}]', '\u0001'],
  model: null,
  usage: { x: -1.5e3, y: true },
})
const events = [
  '\uFEFF: alive',
  'event: first',
  `data: ${object}`,
  '',
  'id: 7',
  'data:one',
  'data',
  '',
  '',
  'data: last',
]

/** Bodies of every format, whole, mixed, cut short and broken. Each reader has to read all of them. */
const BODIES: Record<string, Uint8Array> = {
  'an empty body': new Uint8Array(0),
  'an object': bytesOf(object),
  'an indented object behind a byte order mark': bytesOf(
    `\uFEFF ${JSON.stringify(JSON.parse(object), null, '\t')}\r\n`,
  ),
  'an array': bytesOf(`\uFEFF[ ${object} ,\r\n5, "]", [{}], ${object}] {"after":1}`),
  'lines of JSON': bytesOf(`${object}\n\r\n ${object} \r\n{"a":1}`),
  'events whose lines end in LF': bytesOf(events.join('\n')),
  'events whose lines end in CRLF': bytesOf(events.join('\r\n')),
  'events whose lines end in CR': bytesOf(events.join('\r')),
  'events of mixed line endings': bytesOf('data: 1\r\n\ndata: 2\r\r\ndata: 3\n\rdata: 4\r\n\r\n\r\n'),
  'AWS messages': Buffer.concat([
    awsMessage({ ':message-type': 'event', ':event-type': 'größe' }, object),
    awsMessage({}, ''),
    awsMessage({ ':event-type': 'x' }, '{}'),
  ]),
  'an AWS message whose headers are broken': Buffer.concat([
    awsFrame(Buffer.of(200, 1, 7), Buffer.of(1)),
    awsMessage({}, 'x'),
  ]),
  'a string that ends in a backslash': bytesOf('{"a":"b\\'),
  'escapes of every kind': bytesOf('{"\\u0061":1,"a\\"":2,"a":"\\\\\\"\\n\\ud83c\\udf88\\\\","b":"\\\\"}'),
  'a name that is cut short': bytesOf('{"a":1,"mod'),
  'brackets that do not match': bytesOf('}]{"a":[}{]"usage":{}}[[{"a":1]]},{"b":2}]'),
  'text that is not JSON': bytesOf('<p class="{">it\'s 5" [wide]: a,b</p>\n'),
  'bytes that are not UTF-8': Uint8Array.of(
    ...bytesOf('{"a":"'),
    0xff,
    0xf0,
    0x9f,
    0x0a,
    0xe6,
    ...bytesOf('"}\ndata: '),
    0xc3,
  ),
  'half of a byte order mark': Uint8Array.of(0xef, 0xbb),
  'brackets without an end': bytesOf('[{"a":'.repeat(30)),
}

/** Cuts a body in two at an index, with an empty chunk between the two. */
function cutAt(body: Uint8Array, index: number): Uint8Array[] {
  return [body.subarray(0, index), new Uint8Array(0), body.subarray(index)]
}

/** Cuts a body into pieces of these lengths, in turn. */
function cut(body: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0, i = 0; at < body.length; i++) {
    const length = lengths[i % lengths.length] as number
    chunks.push(body.subarray(at, at + length))
    at += length
  }
  return chunks
}

describe('the readers of bodies', () => {
  for (const [reader, read] of Object.entries(readers())) {
    for (const [name, body] of Object.entries(BODIES)) {
      it(`${reader} reads ${name} the same wherever it is cut`, () => {
        const expected = read([body])
        for (let index = 0; index <= body.length; index++) {
          assert.deepEqual(read(cutAt(body, index)), expected, `in two at ${index}`)
        }
        for (let length = 1; length <= 9; length++) {
          assert.deepEqual(read(cut(body, [length])), expected, `in pieces of ${length}`)
        }
      })
    }

    it(`${reader} reads any mixture of bytes and formats the same wherever it is cut`, () => {
      const syntax = [...'{}[]:,"\\ \n\r', '\r\n', '\uFEFF', '🎈', '"a":', '"model":"m"', 'data: ', 'event: ', 'id: 1']
      const part = fc.oneof(
        fc.uint8Array({ maxLength: 12 }),
        fc.constantFrom(...syntax).map(bytesOf),
        fc.json({ stringUnit: 'grapheme' }).map(bytesOf),
        fc
          .string({ unit: fc.constantFrom('"', '\\', 'x', '漢'), maxLength: 80 })
          .map((text) => bytesOf(JSON.stringify(text))),
        fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 9 })).map((bytes) => awsFrame(...bytes)),
        fc.string({ maxLength: 9 }).map((type) => awsMessage({ ':event-type': type }, 'payload')),
      )
      const lengths = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 })
      fc.assert(
        fc.property(fc.array(part, { maxLength: 20 }), lengths, (parts, lengths) => {
          const body = Buffer.concat(parts)
          assert.deepEqual(read(cut(body, lengths)), read([body]))
        }),
        { numRuns: 300 },
      )
    })

    it(`${reader} reads a large body of long strings and deep lists the same wherever it is cut`, () => {
      const long = 'x"\\漢🎈\n'.repeat(5000)
      const large = JSON.stringify([
        { a: long, list: Array.from({ length: 20_000 }, (_, i) => [i, { i }]), model: 'm' },
        { b: [[[[long, long]]]], usage: { x: long.slice(0, 600) } },
      ])
      const body = bytesOf(`${large}\r\n\r\ndata: ${large}\n\n${large.slice(1, -1)}`)
      const lengths = fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 8 })
      const expected = read([body])
      // Cuts of few bytes would take long for so large a body.
      const manyBytes = lengths.filter(
        (lengths) => lengths.reduce((sum, length) => sum + length) > 2000 * lengths.length,
      )
      fc.assert(
        fc.property(manyBytes, (lengths) => assert.deepEqual(read(cut(body, lengths)), expected)),
        { numRuns: 20 },
      )
    })
  }
})
