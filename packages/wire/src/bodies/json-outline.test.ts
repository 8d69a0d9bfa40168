import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createJsonOutline, createLinesOutline } from './json-outline.ts'

/** What is left of a text that arrives in pieces of this many bytes. */
function outlineOf(text: string, { depth = 2, piece = Number.POSITIVE_INFINITY, isEventStream = false } = {}) {
  const kept: Uint8Array[] = []
  const emit = (bytes: Uint8Array) => kept.push(bytes.slice())
  const outline = isEventStream
    ? { ...createLinesOutline(emit, () => depth), isClosed: false }
    : createJsonOutline(emit, depth)
  const bytes = new TextEncoder().encode(text)
  for (let i = 0; i < bytes.length; i += piece) outline.push(bytes.subarray(i, i + piece))
  return { text: Buffer.concat(kept).toString(), isClosed: outline.isClosed }
}

/** The same, made from values: what is too deep is emptied. */
function pruned(value: unknown, depth: number): unknown {
  if (Array.isArray(value)) return depth === 0 ? [] : value.map((item) => pruned(item, depth - 1))
  if (typeof value !== 'object' || value === null) return value
  return depth === 0
    ? {}
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pruned(item, depth - 1)]))
}

const call = {
  method: 'tools/call',
  params: { name: 'a"\\b\\', arguments: { '}"': ['{', { deep: [1, 'é\\"'] }], x: '\\' }, _meta: [] },
  jsonrpc: '2.0',
  id: 'grüße 🎈',
}

describe('createJsonOutline', () => {
  for (const [name, value] of Object.entries({ 'an object': call, 'a batch': [call, { id: {} }, [[[]]], 1] })) {
    it(`empties what is too deep in ${name}, wherever the bytes are cut`, () => {
      for (const indent of [0, 2]) {
        const text = JSON.stringify(value, null, indent)
        for (const depth of [1, 2, 3, 9]) {
          for (let piece = 1; piece <= text.length; piece++) {
            const outline = outlineOf(text, { depth, piece })
            const expected = pruned(value, Array.isArray(value) ? depth + 1 : depth)
            assert.deepEqual(JSON.parse(outline.text), expected, `depth ${depth}, pieces of ${piece}`)
            assert.ok(outline.isClosed)
          }
        }
      }
    })
  }

  it('cuts long strings, without cutting an escape, at any depth', () => {
    const strings = [
      'x'.repeat(5000),
      '漢字'.repeat(3000),
      '\\"'.repeat(3000),
      '\u0001a'.repeat(3000),
      `${'\\'.repeat(4001)}`,
    ]
    for (const string of strings) {
      for (const lead of ['', 'a', 'ab', 'abc', 'abcd', 'abcde']) {
        const text = JSON.stringify({ id: lead + string, result: [[string]], end: 'end' })
        for (const piece of [1, 7, 1000, 1029, Number.POSITIVE_INFINITY]) {
          const outline = outlineOf(text, { piece })
          const { id, ...rest } = JSON.parse(outline.text)
          assert.ok((lead + string).startsWith(id.replace(/\uFFFD+$/, '')))
          assert.ok(id.length <= 1024)
          assert.deepEqual(rest, { result: [[]], end: 'end' })
          assert.ok(outline.text.length < 1200)
        }
      }
    }
  })

  it('leaves little of a large text', () => {
    const image = { result: { content: [{ type: 'image', data: 'A'.repeat(3_000_000) }] }, id: 1 }
    assert.equal(outlineOf(JSON.stringify(image), { piece: 65536 }).text, '{"result":{"content":[]},"id":1}')
  })

  it('cuts what is deep short when much of it was kept, but not a message and its result', () => {
    const numbers = Array.from({ length: 100_000 }, (_, i) => i)
    for (const deep of [
      [numbers],
      { numbers },
      numbers,
      numbers.map((i) => ({ i, more: [i] })),
      Object.fromEntries(numbers.entries()),
    ]) {
      for (const text of [
        JSON.stringify({ result: { isError: true, deep, last: 1 }, id: 'x' }),
        JSON.stringify([{ result: { isError: true, deep, last: 1 }, id: 'x' }]),
      ]) {
        for (const piece of [997, Number.POSITIVE_INFINITY]) {
          const outline = outlineOf(text, { depth: 4, piece })
          assert.ok(outline.text.length < 70_000)
          const [{ result, id }] = [JSON.parse(outline.text)].flat()
          assert.deepEqual([result.isError, result.last, id], [true, 1, 'x'])
        }
      }
    }
  })

  it('is closed by the end of the outermost object or array only', () => {
    for (const text of ['', ' ', '1', '{"a":{}', '[{"a":"]"}', '{"a":"}']) {
      assert.equal(outlineOf(text).isClosed, false, text)
    }
    assert.equal(outlineOf('{"a":{}}').isClosed, true)
  })

  it('passes on what is not JSON, and comes to no harm', () => {
    assert.equal(outlineOf('<p class="{">').text, '<p class="{">')
    assert.equal(outlineOf(']]}{"a":[[[1]]]}').text, ']]}{"a":[[]]}')
    assert.equal(outlineOf('['.repeat(100_000)).text, '['.repeat(4))
  })

  it('outlines each event of a stream, and leaves its other lines as they are', () => {
    const stream =
      ': it\'s 5" {wide\nevent: message\r\ndata: {"a":[[1]],"b":"\\n"}\r\n\r\nid: [1\rdata: {"a":[[[2]]]}\n\n'
    for (let piece = 1; piece <= stream.length; piece++) {
      assert.equal(
        outlineOf(stream, { piece, isEventStream: true, depth: 1 }).text,
        stream.replace('[[1]]', '[]').replace('[[[2]]]', '[]'),
      )
    }
  })

  it('begins anew in a stream after an event that was broken off', () => {
    const next = 'data: {"a":1}\n\n'
    for (const broken of ['{"a":[[[[', '{"a":"bcd', '{"a":{"b":{"c":{"d', '{"a":"\\']) {
      const { text } = outlineOf(`data: ${broken}\n\n${next}`, { isEventStream: true, depth: 1 })
      assert.ok(text.endsWith(`\n\n${next}`), text)
    }
  })
})
