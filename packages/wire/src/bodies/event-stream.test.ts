import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createEventStreamParser } from './event-stream.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

/** The events of a body that arrives in pieces of this many bytes. */
function eventsOf(body: string | Uint8Array, { piece = Number.POSITIVE_INFINITY, max = 1000, whole = true } = {}) {
  const events: [data: string, event: string][] = []
  const parser = createEventStreamParser((data, event) => events.push([data, event]), max)
  const all = typeof body === 'string' ? bytes(body) : body
  for (let i = 0; i < all.length; i += piece) parser.push(all.subarray(i, i + piece))
  if (whole) parser.end()
  return events
}

describe('createEventStreamParser', () => {
  const story = [
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
      const body = bytes(story.join(ending))
      for (let piece = 1; piece <= body.length; piece++) {
        assert.deepEqual(eventsOf(body, { piece, whole: false }), events, `in pieces of ${piece}`)
      }
    })
  }

  it('reads line endings that are mixed', () => {
    const body = 'data: 1\r\n\ndata: 2\r\r\ndata: 3\n\rdata: 4\r\n\r\n\r\n'
    for (let piece = 1; piece <= body.length; piece++) {
      assert.deepEqual(
        eventsOf(body, { piece }).map(([data]) => data),
        ['1', '2', '3', '4'],
        `in pieces of ${piece}`,
      )
    }
  })

  it('delivers an event at once when its empty line arrives, be it a lone CR', () => {
    const events: string[] = []
    const parser = createEventStreamParser((data) => events.push(data))
    parser.push(bytes('data: 1\r\r'))
    assert.deepEqual(events, ['1'])
    parser.push(bytes(''))
    parser.push(bytes('\ndata: 2\n\n'))
    assert.deepEqual(events, ['1', '2'])
  })

  it('delivers an event that only the end of the body closes, and not one of a body cut short', () => {
    for (const body of ['data: 1\n\ndata: 2', 'data: 1\n\ndata: 2\n']) {
      assert.deepEqual(eventsOf(body), [
        ['1', 'message'],
        ['2', 'message'],
      ])
      assert.deepEqual(eventsOf(body, { whole: false }), [['1', 'message']])
    }
  })

  it('drops an event that is too long, in one line or in many, and reads the next one', () => {
    const long = `data: ${'x'.repeat(30)}\ndata: 1\n\n`
    const many = `${'data: 12345\n'.repeat(10)}\n`
    for (const piece of [1, 7, 1000]) {
      assert.deepEqual(eventsOf(`${long}data: 2\n\n${many}data: 3\n\n`, { piece, max: 20 }), [
        ['2', 'message'],
        ['3', 'message'],
      ])
    }
  })

  it('is not worn out by comments that keep a stream alive', () => {
    assert.deepEqual(eventsOf(`${': alive\n'.repeat(100)}data: 1\n\n`, { max: 20 }), [['1', 'message']])
  })

  it('replaces what is not UTF-8', () => {
    assert.deepEqual(eventsOf(Uint8Array.of(...bytes('data: '), 0xff, ...bytes('1\n\n'))), [['\uFFFD1', 'message']])
  })

  it('searches a line that arrives in many pieces only once', () => {
    let events = 0
    const parser = createEventStreamParser(() => events++, 8_000_000)
    const piece = bytes('x'.repeat(16))
    parser.push(bytes('data: '))
    for (let i = 0; i < 400_000; i++) parser.push(piece)
    parser.push(bytes('\n\n'))
    assert.equal(events, 1)
  })

  it('gives the same for every cut of any bytes, without an exception', () => {
    const words = ['\n', '\r', '\r\n', 'data:', 'data: ', 'event: ', ':', '🎈', '\uFEFF', 'id: 1']
    const part = fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.constantFrom(...words).map(bytes))
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 15 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        (parts, piece, whole) => {
          const body = Buffer.concat(parts)
          assert.deepEqual(eventsOf(body, { piece, max: 30, whole }), eventsOf(body, { max: 30, whole }))
        },
      ),
      { numRuns: 500 },
    )
  })
})
