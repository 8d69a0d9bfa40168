import assert from 'node:assert/strict'
import { PassThrough, Readable, Writable } from 'node:stream'
import { describe, it } from 'node:test'
import { tapReadable, tapWritable } from './stream-taps.ts'

const text = (chunks: readonly Uint8Array[]) => Buffer.concat(chunks).toString()

describe('tapReadable', () => {
  it('observes what the source of a stream pushes and its end in every mode, and does not change the mode', async () => {
    for (const mode of ['flowing', 'paused', 'iterated'] as const) {
      const parts = [Buffer.from('one'), Buffer.from('two'), null]
      const stream = new Readable({ read: () => void stream.push(parts.shift()) })
      const observed: Uint8Array[] = []
      let ends = 0
      const { readableFlowing } = stream
      tapReadable(
        stream,
        (chunk) => observed.push(chunk),
        () => ends++,
      )
      assert.deepEqual([stream.readableFlowing, Object.keys(stream).includes('push')], [readableFlowing, false])
      const got: Uint8Array[] = []
      if (mode === 'iterated') for await (const chunk of stream) got.push(chunk)
      else {
        if (mode === 'flowing') stream.on('data', (chunk) => got.push(chunk))
        else stream.on('readable', () => got.push(...([stream.read()].filter(Boolean) as Uint8Array[])))
        await new Promise((resolve) => stream.on('end', resolve))
      }
      assert.deepEqual([text(observed), text(got), ends], ['onetwo', 'onetwo', 1])
    }
  })

  it('removes its tap on a readable stream without a trace, and leaves a push that the app has put there', () => {
    let observed = 0
    const count = () => void observed++
    const plain = new PassThrough()
    tapReadable(plain, count, count)()
    assert.equal(Object.hasOwn(plain, 'push'), false)
    plain.write('unobserved')
    plain.push(null)
    assert.equal(observed, 0)

    const own = () => true
    const special = Object.assign(new PassThrough(), { push: own })
    tapReadable(special, count, count)()
    assert.equal(special.push, own)

    const later = new PassThrough()
    const untap = tapReadable(later, count, count)
    later.push = own
    untap()
    assert.equal(later.push, own)
  })
})

describe('tapWritable', () => {
  it('observes what reaches the sink, once and in order: strings, bytes, corked writes and those of a replaced write', async () => {
    for (const hasWritev of [true, false]) {
      const sunk: Uint8Array[] = []
      const stream = new Writable({
        decodeStrings: false,
        write(chunk, encoding, done) {
          sunk.push(Buffer.from(chunk, encoding as BufferEncoding))
          setImmediate(done)
        },
        ...(hasWritev && {
          writev(chunks, done) {
            for (const { chunk, encoding } of chunks) sunk.push(Buffer.from(chunk, encoding as BufferEncoding))
            setImmediate(done)
          },
        }),
      })
      const observed: Uint8Array[] = []
      tapWritable(stream, (chunk) => observed.push(chunk))
      assert.equal(Object.hasOwn(stream, 'write'), false)
      const write = stream.write.bind(stream)
      stream.write = () => false
      stream.write('swallowed')
      write('grüße ')
      write('Z3I=', 'base64')
      stream.cork()
      write(Buffer.from('ü'))
      write(Uint8Array.of(0x62))
      stream.uncork()
      await new Promise<void>((resolve) => stream.end(resolve))
      assert.equal(text(observed), 'grüße grüb')
      assert.equal(text(sunk), 'grüße grüb')
    }
  })

  it('removes its taps on a writable stream without a trace', () => {
    const stream = new PassThrough()
    let observed = 0
    tapWritable(stream, () => void observed++)()
    stream.write('unobserved')
    assert.equal(observed, 0)
    assert.deepEqual(
      ['_write', '_writev'].map((name) => Object.hasOwn(stream, name)),
      [false, false],
    )
  })
})
