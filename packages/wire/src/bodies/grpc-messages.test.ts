import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { createGrpcParser } from './grpc-messages.ts'

function message(payload: Uint8Array | string, isCompressed = false): Buffer {
  const bytes = Buffer.from(payload as Uint8Array)
  const head = Buffer.alloc(5)
  head[0] = isCompressed ? 1 : 0
  head.writeUInt32BE(bytes.length, 1)
  return Buffer.concat([head, bytes])
}

/** Parses bytes in parts of a size, each of which is overwritten after the call. */
function parse(bytes: Uint8Array, partBytes: number, encoding?: string, maxBytes = 1e6): string[] {
  const messages: string[] = []
  const parser = createGrpcParser((payload) => messages.push(Buffer.from(payload).toString()), maxBytes, encoding)
  for (let i = 0; i < bytes.length; i += partBytes) {
    const part = Uint8Array.from(bytes.subarray(i, i + partBytes))
    parser.push(part)
    part.fill(0xff)
  }
  parser.end()
  return messages
}

describe('createGrpcParser', () => {
  const PART_SIZES = [1, 2, 5, 7, 1000, 1e9]

  it('reads messages wherever the chunks end, also empty ones', () => {
    const bytes = Buffer.concat([message('one'), message(''), message('x'.repeat(3000)), message('end')])
    for (const size of PART_SIZES) assert.deepEqual(parse(bytes, size), ['one', '', 'x'.repeat(3000), 'end'])
  })

  it('undoes the compression of messages that are compressed', () => {
    const bytes = Buffer.concat([message(gzipSync('Grüße'), true), message('plain'), message(gzipSync('more'), true)])
    for (const size of PART_SIZES) assert.deepEqual(parse(bytes, size, 'gzip'), ['Grüße', 'plain', 'more'])
  })

  it('leaves out messages that are too long, broken, or compressed in an unknown way, and reads those after them', () => {
    const bytes = Buffer.concat([message('x'.repeat(101)), message('broken', true), message('after')])
    for (const size of PART_SIZES) {
      assert.deepEqual(parse(bytes, size, 'gzip', 100), ['after'])
      assert.deepEqual(parse(bytes, size, 'x-unknown', 100), ['after'])
      assert.deepEqual(parse(bytes, size, undefined, 100), ['after'])
    }
  })

  it('leaves out a message that is cut off', () => {
    assert.deepEqual(parse(Buffer.concat([message('one'), message('two').subarray(0, 6)]), 3), ['one'])
  })
})
