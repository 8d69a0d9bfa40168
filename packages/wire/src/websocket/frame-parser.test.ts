import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { constants, deflateRawSync } from 'node:zlib'
import { FrameParser } from './frame-parser.ts'
import { createMessageInflater } from './message-inflater.ts'

interface FrameOptions {
  readonly opcode?: number
  readonly isFinal?: boolean
  /** The three reserved bits, of which the first says that a message is compressed. */
  readonly reserved?: number
  readonly mask?: readonly number[]
  /** A length that is not the payload's. */
  readonly length?: number
}

const TEXT = 1
const BINARY = 2
const [CONTINUATION, CLOSE, PING] = [0, 8, 9]

function frame(payload: string | Uint8Array, options: FrameOptions = {}): Buffer {
  const bytes = Buffer.from(payload as Uint8Array)
  const { opcode = TEXT, isFinal = true, reserved = 0, mask, length = bytes.length } = options
  const head = [(isFinal ? 0x80 : 0) | (reserved << 4) | opcode]
  const maskBit = mask ? 0x80 : 0
  if (length < 126) head.push(maskBit | length)
  else if (length < 65_536) head.push(maskBit | 126, length >> 8, length & 0xff)
  else head.push(maskBit | 127, ...[...Array(8).keys()].map((i) => Math.floor(length / 256 ** (7 - i)) % 256))
  const masked = mask ? bytes.map((byte, i) => byte ^ (mask[i % 4] as number)) : bytes
  return Buffer.concat([Buffer.from([...head, ...(mask ?? [])]), masked])
}

/** Parses bytes in parts of a size, and returns what the parser called back with. */
function parse(
  bytes: Uint8Array,
  partBytes: number,
  options: { maxMessageBytes?: number; keepsContext?: boolean } = {},
) {
  const { maxMessageBytes = 1e6, keepsContext } = options
  const seen: (string | number)[] = []
  const inflater = keepsContext === undefined ? undefined : createMessageInflater(keepsContext, maxMessageBytes)
  const parser = new FrameParser(
    {
      message: (message) => seen.push(Buffer.from(message).toString()),
      close: (code) => seen.push(code),
    },
    { maxMessageBytes, ...(inflater && { inflate: inflater.inflate }) },
  )
  for (let i = 0; i < bytes.length; i += partBytes) {
    // What is lent may be overwritten after the call.
    const part = Uint8Array.from(bytes.subarray(i, i + partBytes))
    parser.push(part)
    part.fill(0xff)
  }
  inflater?.close()
  return seen
}

const LONG = 'é漢🎈'.repeat(30_000)
const MASK = [1, 0x80, 0xff, 7]
const PART_SIZES = [1, 2, 3, 7, 1000, 1e9]

/** Compresses messages as a sender does that keeps the context. */
function deflate(text: string): Buffer {
  return deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
}

describe('FrameParser', () => {
  const cases: Readonly<Record<string, readonly [bytes: readonly Buffer[], expected: readonly (string | number)[]]>> = {
    'messages of text and bytes, also empty ones': [
      [frame('one'), frame('', { opcode: BINARY }), frame('two')],
      ['one', '', 'two'],
    ],
    'lengths of two and of eight bytes': [
      [frame('x'.repeat(126)), frame(LONG)],
      ['x'.repeat(126), LONG],
    ],
    masks: [
      [frame('masked', { mask: MASK }), frame(LONG, { mask: MASK })],
      ['masked', LONG],
    ],
    'messages in several frames, with control frames between': [
      [
        frame('a', { isFinal: false }),
        frame('ping', { opcode: PING, mask: MASK }),
        frame('b', { opcode: CONTINUATION, isFinal: false, mask: MASK }),
        frame('', { opcode: PING }),
        frame('c', { opcode: CONTINUATION }),
        frame('d'),
      ],
      ['abc', 'd'],
    ],
    'the code of a Close frame': [[frame(Buffer.from([0x03, 0xe8, 0x62]), { opcode: CLOSE, mask: MASK })], [1000]],
    'a Close frame without a code': [[frame('', { opcode: CLOSE })], [1005]],
  }
  for (const [name, [frames, expected]] of Object.entries(cases)) {
    it(`reads ${name}, wherever the chunks end`, () => {
      for (const size of PART_SIZES) assert.deepEqual(parse(Buffer.concat(frames), size), expected, `parts of ${size}`)
    })
  }

  it('leaves out a message that is too long, and reads those after it', () => {
    const frames = [frame('x'.repeat(101)), frame('y'.repeat(60), { isFinal: false })]
    const more = [frame('y'.repeat(60), { opcode: CONTINUATION }), frame('short')]
    for (const size of PART_SIZES) {
      assert.deepEqual(parse(Buffer.concat([...frames, ...more]), size, { maxMessageBytes: 100 }), ['short'])
    }
  })

  const broken: Readonly<Record<string, Buffer>> = {
    'an unknown kind of frame': frame('x', { opcode: 3 }),
    'an unknown kind of control frame': frame('x', { opcode: 11 }),
    'a reserved bit': frame('x', { reserved: 1 }),
    'compression that was not agreed on': frame('x', { reserved: 4 }),
    'a continuation of nothing': frame('x', { opcode: CONTINUATION }),
    'a message in a message': Buffer.concat([frame('x', { isFinal: false }), frame('y')]),
    'a control frame in parts': frame('x', { opcode: PING, isFinal: false }),
    'a control frame that is too long': frame('x'.repeat(126), { opcode: PING }),
    'a length beyond what a number can hold': frame('x', { length: 2 ** 60 }),
  }
  for (const [name, bytes] of Object.entries(broken)) {
    it(`reads nothing after ${name}`, () => {
      for (const size of PART_SIZES)
        assert.deepEqual(parse(Buffer.concat([frame('a'), bytes, frame('b')]), size), ['a'])
    })
  }

  it('undoes the compression of messages, each on its own', () => {
    const frames = [LONG, 'two', LONG].map((text) => frame(deflate(text), { reserved: 4, mask: MASK }))
    const bytes = Buffer.concat([...frames, frame('plain', { mask: MASK })])
    for (const size of PART_SIZES)
      assert.deepEqual(parse(bytes, size, { keepsContext: false }), [LONG, 'two', LONG, 'plain'])
  })

  it('reads nothing after a compressed message that is broken, or a bomb', () => {
    const bomb = frame(deflate('x'.repeat(1e6)), { reserved: 4 })
    const after = frame(deflate('after'), { reserved: 4 })
    assert.deepEqual(parse(Buffer.concat([bomb, after]), 10, { keepsContext: false, maxMessageBytes: 1e5 }), [])
    const garbage = frame(Buffer.from([0xff, 0xff, 0xff, 0x00]), { reserved: 4 })
    assert.deepEqual(parse(Buffer.concat([garbage, after]), 10, { keepsContext: true }), [])
  })

  it('never throws, whatever the bytes are', () => {
    let state = 7
    const random = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return state / 2 ** 32
    }
    const seeds = Object.values(cases).map(([frames]) => Buffer.concat(frames).subarray(0, 2000))
    for (let i = 0; i < 3000; i++) {
      const bytes = Buffer.from(seeds[i % seeds.length] as Buffer)
      for (let j = 0; j < 1 + (i % 5); j++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
      parse(bytes, 1 + Math.floor(random() * 50), { keepsContext: i % 2 === 0, maxMessageBytes: 1000 })
    }
  })
})
