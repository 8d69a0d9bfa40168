import type { BodySource } from './body-source.ts'

/** The text repeats itself so much that the fastest level gets most of what the best one does, in a third of the time. */
const LEVEL = 1

/**
 * Compresses a body with gzip, in libuv's threads. The next chunk of the body is made when the last one has been
 * compressed and what came of it has been taken, so that neither piles up.
 */
export function gzipSource(source: BodySource): BodySource {
  // It is loaded at the first scrape that wants it, not at every start.
  const { createGzip } = process.getBuiltinModule('node:zlib')
  const gzip = createGzip({ level: LEVEL })
  let compressed: Buffer[] = []
  let hasEnded = false
  let isClosed = false
  /** Settles the compression that is under way. */
  let settle: (error?: Error | null) => void = () => {}
  gzip.on('data', (chunk: Buffer) => compressed.push(chunk))
  gzip.on('error', (error) => settle(error))
  // A compression that is under way when the source is closed never ends.
  gzip.on('close', () => settle())

  const compress = (chunk: Buffer | undefined) =>
    new Promise<void>((resolve, reject) => {
      settle = (error) => (error && !isClosed ? reject(error) : resolve())
      if (isClosed) resolve()
      else if (chunk !== undefined) gzip.write(chunk, settle)
      else gzip.once('end', resolve).end()
    })

  return {
    async next() {
      while (compressed.length === 0) {
        if (hasEnded || isClosed) return undefined
        const chunk = await source.next()
        hasEnded = chunk === undefined
        await compress(chunk)
        if (chunk !== undefined && !isClosed) source.release(chunk)
      }
      const chunk = Buffer.concat(compressed)
      compressed = []
      return chunk
    },
    // The compressor makes each chunk anew.
    release: () => {},
    close() {
      isClosed = true
      source.close()
      gzip.destroy()
    },
  }
}
