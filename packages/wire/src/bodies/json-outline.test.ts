import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createJsonOutline, createLinesOutline } from './json-outline.ts'

/** Reads a text in pieces of this many bytes. */
function outlineOf(text: string, { maxDepth = 2, pieceBytes = Number.POSITIVE_INFINITY } = {}) {
  const kept: Uint8Array[] = []
  const outline = createJsonOutline((bytes) => kept.push(bytes.slice()), maxDepth)
  pushInPieces(outline, text, pieceBytes)
  return { text: Buffer.concat(kept).toString(), isClosed: outline.isClosed }
}

/** Does the same for lines, whose `maxDepth` the given function returns. */
function linesOutlineOf(text: string, nextMaxDepth: () => number, pieceBytes = Number.POSITIVE_INFINITY): string {
  const kept: Uint8Array[] = []
  pushInPieces(
    createLinesOutline((bytes) => kept.push(bytes.slice()), nextMaxDepth),
    text,
    pieceBytes,
  )
  return Buffer.concat(kept).toString()
}

function pushInPieces(outline: { push(chunk: Uint8Array): void }, text: string, pieceBytes: number): void {
  const bytes = new TextEncoder().encode(text)
  for (let i = 0; i < bytes.length; i += pieceBytes) outline.push(bytes.subarray(i, i + pieceBytes))
}

/** Empties the objects and arrays of a value that are deeper than `maxDepth`. */
function prune(value: unknown, maxDepth: number): unknown {
  if (Array.isArray(value)) return maxDepth === 0 ? [] : value.map((item) => prune(item, maxDepth - 1))
  if (typeof value !== 'object' || value === null) return value
  return maxDepth === 0
    ? {}
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, prune(item, maxDepth - 1)]))
}

const message = {
  method: 'tools/call',
  params: { name: 'a"\\b\\', arguments: { '}"': ['{', { deep: [1, 'é\\"'] }], x: '\\' }, _meta: [] },
  jsonrpc: '2.0',
  id: 'grüße 🎈',
}

describe('createJsonOutline', () => {
  for (const [name, value] of Object.entries({ 'an object': message, 'an array': [message, { id: {} }, [[[]]], 1] })) {
    it(`empties the objects and arrays in ${name} that are too deep, wherever the bytes are cut`, () => {
      for (const indent of [0, 2]) {
        const text = JSON.stringify(value, null, indent)
        for (const maxDepth of [1, 2, 3, 9]) {
          for (let pieceBytes = 1; pieceBytes <= text.length; pieceBytes++) {
            const outline = outlineOf(text, { maxDepth, pieceBytes })
            const expected = prune(value, Array.isArray(value) ? maxDepth + 1 : maxDepth)
            assert.deepEqual(JSON.parse(outline.text), expected, `maxDepth ${maxDepth}, pieces of ${pieceBytes}`)
            assert.ok(outline.isClosed)
          }
        }
      }
    })
  }

  it('cuts long strings at any depth, but never within an escape', () => {
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
        for (const pieceBytes of [1, 7, 1000, 1029, Number.POSITIVE_INFINITY]) {
          const outline = outlineOf(text, { pieceBytes })
          const { id, ...rest } = JSON.parse(outline.text)
          assert.ok((lead + string).startsWith(id.replace(/\uFFFD+$/, '')))
          assert.ok(id.length <= 1024)
          assert.deepEqual(rest, { result: [[]], end: 'end' })
          assert.ok(outline.text.length < 1200)
        }
      }
    }
  })

  it('leaves little of an object with an image of megabytes', () => {
    const image = { result: { content: [{ type: 'image', data: 'A'.repeat(3_000_000) }] }, id: 1 }
    assert.equal(outlineOf(JSON.stringify(image), { pieceBytes: 65536 }).text, '{"result":{"content":[]},"id":1}')
  })

  it('cuts deep objects and arrays short once much has been kept, but keeps all members of shallow ones', () => {
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
        for (const pieceBytes of [997, Number.POSITIVE_INFINITY]) {
          const outline = outlineOf(text, { maxDepth: 4, pieceBytes })
          assert.ok(outline.text.length < 70_000)
          const [{ result, id }] = [JSON.parse(outline.text)].flat()
          assert.deepEqual([result.isError, result.last, id], [true, 1, 'x'])
        }
      }
    }
  })

  it('is closed once the outermost object or array has ended, and not before', () => {
    for (const text of ['', ' ', '1', '{"a":{}', '[{"a":"]"}', '{"a":"}']) {
      assert.equal(outlineOf(text).isClosed, false, text)
    }
    assert.equal(outlineOf('{"a":{}}').isClosed, true)
  })

  it('keeps text that is not JSON, and survives brackets that do not match', () => {
    assert.equal(outlineOf('<p class="{">').text, '<p class="{">')
    assert.equal(outlineOf(']]}{"a":[[[1]]]}').text, ']]}{"a":[[]]}')
    assert.equal(outlineOf('['.repeat(100_000)).text, '['.repeat(4))
  })
})

describe('createLinesOutline', () => {
  it('outlines the data of each event of a stream, and keeps its other lines as they are', () => {
    const stream =
      ': it\'s 5" {wide\nevent: message\r\ndata: {"a":[[1]],"b":"\\n"}\r\n\r\nid: [1\rdata: {"a":[[[2]]]}\n\n'
    const outline = stream.replace('[[1]]', '[]').replace('[[[2]]]', '[]')
    for (let pieceBytes = 1; pieceBytes <= stream.length; pieceBytes++) {
      assert.equal(
        linesOutlineOf(stream, () => 1, pieceBytes),
        outline,
      )
    }
  })

  it('outlines a line in full after one that was broken off', () => {
    const next = 'data: {"a":1}\n\n'
    for (const broken of ['{"a":[[[[', '{"a":"bcd', '{"a":{"b":{"c":{"d', '{"a":"\\']) {
      const outline = linesOutlineOf(`data: ${broken}\n\n${next}`, () => 1)
      assert.ok(outline.endsWith(`\n\n${next}`), outline)
    }
  })

  it('asks for the depth of each line when the line before has ended', () => {
    const depths = [3, 1, 2, 9]
    assert.equal(
      linesOutlineOf('{"a":{"b":{"c":1}}}\n'.repeat(3), () => depths.shift() ?? 0),
      '{"a":{"b":{"c":1}}}\n{"a":{}}\n{"a":{"b":{}}}\n',
    )
  })
})
