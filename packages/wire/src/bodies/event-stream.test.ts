import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createEventStreamParser } from './event-stream.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

/** Reads a body in pieces of this many bytes, and ends it unless it was cut short. */
function eventsOf(
  body: string | Uint8Array,
  { pieceBytes = Number.POSITIVE_INFINITY, maxEventLength = 1000, isWhole = true } = {},
) {
  const events: [data: string, type: string][] = []
  const parser = createEventStreamParser((data, type) => events.push([data, type]), maxEventLength)
  const bodyBytes = typeof body === 'string' ? bytes(body) : body
  for (let i = 0; i < bodyBytes.length; i += pieceBytes) parser.push(bodyBytes.subarray(i, i + pieceBytes))
  if (isWhole) parser.end()
  return events
}

describe('createEventStreamParser', () => {
  const lines = [
    '\uFEFF: a comment',
    'event: first',
    'data: {"a":"grüße 漢字 🎈"}',
    '',
    'id: 7',
    'retry: 10',
    'nonsense',
    'data:one',
    'data:  two',
    'data',
    '',
    'event: without data',
    '',
    '',
    'data',
    '',
    'data: last',
    '',
    '',
  ]
  const events = [
    ['{"a":"grüße 漢字 🎈"}', 'first'],
    ['one\n two\n', 'message'],
    ['', 'message'],
    ['last', 'message'],
  ]

  for (const [name, ending] of Object.entries({ LF: '\n', CRLF: '\r\n', CR: '\r' })) {
    it(`reads events whose lines end in ${name}, wherever the bytes are cut`, () => {
      const body = bytes(lines.join(ending))
      for (let pieceBytes = 1; pieceBytes <= body.length; pieceBytes++) {
        assert.deepEqual(eventsOf(body, { pieceBytes, isWhole: false }), events, `in pieces of ${pieceBytes}`)
      }
    })
  }

  it('reads events whose line endings are mixed', () => {
    const body = 'data: 1\r\n\ndata: 2\r\r\ndata: 3\n\rdata: 4\r\n\r\n\r\n'
    for (let pieceBytes = 1; pieceBytes <= body.length; pieceBytes++) {
      assert.deepEqual(
        eventsOf(body, { pieceBytes }).map(([data]) => data),
        ['1', '2', '3', '4'],
        `in pieces of ${pieceBytes}`,
      )
    }
  })

  it('hands on an event as soon as its empty line arrives, even one of a lone CR', () => {
    const events: string[] = []
    const parser = createEventStreamParser((data) => events.push(data))
    parser.push(bytes('data: 1\r\r'))
    assert.deepEqual(events, ['1'])
    parser.push(bytes(''))
    parser.push(bytes('\ndata: 2\n\n'))
    assert.deepEqual(events, ['1', '2'])
  })

  it('hands on an event that the end of the body ends, but not one that is cut short', () => {
    for (const body of ['data: 1\n\ndata: 2', 'data: 1\n\ndata: 2\n']) {
      assert.deepEqual(eventsOf(body), [
        ['1', 'message'],
        ['2', 'message'],
      ])
      assert.deepEqual(eventsOf(body, { isWhole: false }), [['1', 'message']])
    }
  })

  it('skips an event that is longer than the bound, in one line or in many, and reads the next one', () => {
    const long = `data: ${'x'.repeat(30)}\ndata: 1\n\n`
    const many = `${'data: 12345\n'.repeat(10)}\n`
    for (const pieceBytes of [1, 7, 1000]) {
      assert.deepEqual(eventsOf(`${long}data: 2\n\n${many}data: 3\n\n`, { pieceBytes, maxEventLength: 20 }), [
        ['2', 'message'],
        ['3', 'message'],
      ])
    }
  })

  it('does not count the comments that keep a stream alive towards the length of an event', () => {
    assert.deepEqual(eventsOf(`${': alive\n'.repeat(100)}data: 1\n\n`, { maxEventLength: 20 }), [['1', 'message']])
  })

  it('hands on the id of an event only if the event has one of its own', () => {
    const ids: (string | undefined)[] = []
    const parser = createEventStreamParser((_data, _type, id) => ids.push(id))
    parser.push(bytes('id: 7\ndata: 1\n\ndata: 2\n\nid\ndata: 3\n\n'))
    assert.deepEqual(ids, ['7', undefined, ''])
  })

  it('replaces bytes that are not UTF-8 by U+FFFD', () => {
    assert.deepEqual(eventsOf(Uint8Array.of(...bytes('data: '), 0xff, ...bytes('1\n\n'))), [['\uFFFD1', 'message']])
  })

  it('reads a line that arrives in 400,000 pieces without searching it again for each', () => {
    let events = 0
    const parser = createEventStreamParser(() => events++, 8_000_000)
    const piece = bytes('x'.repeat(16))
    parser.push(bytes('data: '))
    for (let i = 0; i < 400_000; i++) parser.push(piece)
    parser.push(bytes('\n\n'))
    assert.equal(events, 1)
  })
})
