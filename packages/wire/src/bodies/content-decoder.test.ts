import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import zlib from 'node:zlib'
import fc from 'fast-check'
import { createContentDecoder } from './content-decoder.ts'

const ENCODERS: Record<string, (data: Buffer) => Buffer> = {
  gzip: zlib.gzipSync,
  'x-gzip': zlib.gzipSync,
  deflate: zlib.deflateSync,
  ' Deflate': zlib.deflateRawSync,
  br: zlib.brotliCompressSync,
  zstd: zlib.zstdCompressSync,
  'identity,, gzip': zlib.gzipSync,
  'br, gzip': (data) => zlib.gzipSync(zlib.brotliCompressSync(data)),
  'gzip,deflate,zstd': (data) => zlib.zstdCompressSync(zlib.deflateSync(zlib.gzipSync(data))),
}

describe('createContentDecoder', () => {
  for (const [name, encode] of Object.entries(ENCODERS)) {
    it(`decodes ${name}, wherever the data is cut, as far as it has come`, () => {
      const text = Buffer.from('event: message\ndata: {"usage":1}\n\n'.repeat(30))
      const encoded = encode(text)
      for (const pieceBytes of [1, 7, encoded.length]) {
        const decoder = createContentDecoder(name.toUpperCase())
        const decoded: Uint8Array[] = []
        for (let i = 0; i < encoded.length; i += pieceBytes)
          decoded.push(decoder?.decode(encoded.subarray(i, i + pieceBytes)) ?? text)
        assert.deepEqual(Buffer.concat(decoded), text)
        decoder?.close()
      }
    })
  }

  it('decodes what the sender has flushed, without waiting for the end', () => {
    const gzip = zlib.createGzip()
    const parts: Buffer[] = []
    gzip.on('data', (part: Buffer) => parts.push(part))
    gzip.write('data: one\n\n')
    return new Promise<void>((resolve) => {
      gzip.flush(() => {
        const decoder = createContentDecoder('gzip')
        assert.equal(Buffer.from(decoder?.decode(Buffer.concat(parts)) ?? []).toString(), 'data: one\n\n')
        resolve()
      })
    })
  })

  it('creates no decoder for a body that is not encoded', () => {
    assert.equal(createContentDecoder('identity'), undefined)
    assert.equal(createContentDecoder(''), undefined)
  })

  it('decodes nothing of an unknown coding, of too many codings, and of broken data', () => {
    for (const name of ['compress', 'gzip, compress', 'gzip,gzip,gzip,gzip,gzip', 'constructor', '__proto__']) {
      assert.equal(createContentDecoder(name)?.decode(Buffer.from('abc')).length, 0)
    }
    const decoder = createContentDecoder('gzip')
    assert.equal(decoder?.decode(Buffer.from('this is not gzip')).length, 0)
    assert.equal(decoder?.decode(zlib.gzipSync('too late')).length, 0)
  })

  it('stops at the default bound when a body is a bomb', () => {
    for (const encode of [zlib.gzipSync, zlib.brotliCompressSync]) {
      const name = encode === zlib.gzipSync ? 'gzip' : 'br'
      const bomb = encode(Buffer.alloc(160 * 1024 * 1024))
      const decoder = createContentDecoder(name)
      let decodedBytes = 0
      for (let i = 0; i < bomb.length; i += 1024) {
        decodedBytes += decoder?.decode(bomb.subarray(i, i + 1024)).length ?? 0
      }
      assert.ok(decodedBytes <= 80 * 1024 * 1024, `${name}: ${decodedBytes}`)
    }
  })

  it('stops at the bound that it is given, and decodes a long chunk that is within it', () => {
    const text = randomBytes(12 * 1024 * 1024).toString('base64')
    const encoded = zlib.gzipSync(text)
    assert.equal(Buffer.from(createContentDecoder('gzip')?.decode(encoded) ?? []).toString(), text)

    const decoder = createContentDecoder('gzip', 100_000)
    const decodedBytes = decoder?.decode(encoded).length ?? 0
    assert.ok(decodedBytes > 0 && decodedBytes < 300_000, `${decodedBytes}`)
    assert.equal(decoder?.decode(encoded).length, 0)
  })

  it('throws nothing at data that is broken anywhere, and decodes data that is cut anywhere', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '漢'), maxLength: 200 })
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.entries(ENCODERS)),
        text,
        fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
        fc.integer({ min: 1, max: 40 }),
        ([name, encode], plain, damages, pieceBytes) => {
          const encoded = encode(Buffer.from(plain))
          for (const [at, byte] of damages) if (at < encoded.length) encoded[at] = byte
          const decoder = createContentDecoder(name)
          const decoded: Uint8Array[] = []
          for (let i = 0; i < encoded.length; i += pieceBytes)
            decoded.push(decoder?.decode(encoded.subarray(i, i + pieceBytes)) ?? Buffer.of())
          decoder?.close()
          if (damages.length === 0) assert.equal(Buffer.concat(decoded).toString(), plain)
        },
      ),
    )
  })
})
