import assert from 'node:assert/strict'
import { PassThrough, Readable, Writable } from 'node:stream'
import { describe, it } from 'node:test'
import { tapReadable, tapWritable } from './stream-taps.ts'

const text = (chunks: readonly Uint8Array[]) => Buffer.concat(chunks).toString()

describe('tapReadable', () => {
  it('hears what the source pushes and its end, in whatever mode the stream is read, and changes nothing of it', async () => {
    for (const read of ['flowing', 'paused', 'iterated'] as const) {
      const parts = [Buffer.from('one'), Buffer.from('two'), null]
      const stream = new Readable({ read: () => void stream.push(parts.shift()) })
      const heard: Uint8Array[] = []
      let ends = 0
      const { readableFlowing } = stream
      tapReadable(
        stream,
        (chunk) => heard.push(chunk),
        () => ends++,
      )
      assert.deepEqual([stream.readableFlowing, Object.keys(stream).includes('push')], [readableFlowing, false])
      const got: Uint8Array[] = []
      if (read === 'iterated') for await (const chunk of stream) got.push(chunk)
      else {
        if (read === 'flowing') stream.on('data', (chunk) => got.push(chunk))
        else stream.on('readable', () => got.push(...([stream.read()].filter(Boolean) as Uint8Array[])))
        await new Promise((resolve) => stream.on('end', resolve))
      }
      assert.deepEqual([text(heard), text(got), ends], ['onetwo', 'onetwo', 1])
    }
  })

  it('is heard no longer when it is taken away, and leaves nothing behind, not even of a method that the stream had of its own', () => {
    let heard = 0
    const hear = () => void heard++
    const plain = new PassThrough()
    tapReadable(plain, hear, hear)()
    assert.equal(Object.hasOwn(plain, 'push'), false)
    plain.write('unheard')
    plain.push(null)
    assert.equal(heard, 0)

    const own = () => true
    const special = Object.assign(new PassThrough(), { push: own })
    tapReadable(special, hear, hear)()
    assert.equal(special.push, own)

    const later = new PassThrough()
    const untap = tapReadable(later, hear, hear)
    later.push = own
    untap()
    assert.equal(later.push, own, 'somebody else’s stays')
  })
})

describe('tapWritable', () => {
  it('hears what reaches the sink, once and in order: strings, bytes, what was corked, what a replaced write lets through', async () => {
    for (const manyAtOnce of [true, false]) {
      const sunk: Uint8Array[] = []
      const stream = new Writable({
        decodeStrings: false,
        write(chunk, encoding, done) {
          sunk.push(Buffer.from(chunk, encoding as BufferEncoding))
          setImmediate(done)
        },
        ...(manyAtOnce && {
          writev(chunks, done) {
            for (const { chunk, encoding } of chunks) sunk.push(Buffer.from(chunk, encoding as BufferEncoding))
            setImmediate(done)
          },
        }),
      })
      const heard: Uint8Array[] = []
      tapWritable(stream, (chunk) => heard.push(chunk))
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
      assert.equal(text(heard), 'grüße grüb')
      assert.equal(text(sunk), 'grüße grüb')
    }
  })

  it('is heard no longer when it is taken away', () => {
    const stream = new PassThrough()
    let heard = 0
    tapWritable(stream, () => void heard++)()
    stream.write('unheard')
    assert.equal(heard, 0)
    assert.deepEqual(
      ['_write', '_writev'].map((name) => Object.hasOwn(stream, name)),
      [false, false],
    )
  })
})
