import fs, { type BigIntStats } from 'node:fs'

const { closeSync, fstatSync, openSync, readSync, stat } = fs
const { O_NONBLOCK = 0, O_RDONLY } = fs.constants

/** Certificates of some hundred authorities fit. More would hold the event loop while they are parsed. */
const MAX_BYTES = 256 * 1024

/** A file's text, and a mark that changes with the file. */
export interface ReadResult {
  readonly text: string
  readonly mark: string
}

/** A file that could not be read. Its mark changes when the reason does. */
export class UnreadableFile extends Error {
  readonly mark: string

  constructor(problem: string, mark: string) {
    super(problem)
    this.mark = mark
  }
}

/**
 * Reads a file of bounded size.
 *
 * @throws UnreadableFile with a message that follows the file's name in a sentence
 */
export function readBoundedFile(path: string): ReadResult {
  try {
    return read(path)
  } catch (error) {
    if (error instanceof UnreadableFile) throw error
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    throw new UnreadableFile(`cannot be read (${code}): ${path}`, code)
  }
}

function read(path: string): ReadResult {
  // A pipe without a writer must not hold the process.
  const descriptor = openSync(path, O_RDONLY | O_NONBLOCK)
  try {
    const stats = fstatSync(descriptor, { bigint: true })
    const mark = markOf(stats)
    if (!stats.isFile()) throw new UnreadableFile(`is not a file: ${path}`, mark)
    const buffer = Buffer.alloc(MAX_BYTES + 1)
    let length = 0
    for (let count = -1; count !== 0 && length < buffer.length; length += count) {
      count = readSync(descriptor, buffer, length, buffer.length - length, null)
    }
    if (length > MAX_BYTES) throw new UnreadableFile(`is larger than ${MAX_BYTES / 1024} KiB: ${path}`, mark)
    return { text: buffer.toString('utf8', 0, length), mark }
  } finally {
    closeSync(descriptor)
  }
}

/** Returns the mark that a file has now, without reading it, in the thread pool. */
export function currentMark(path: string): Promise<string> {
  return new Promise((resolve) => {
    stat(path, { bigint: true }, (error, stats) => resolve(error === null ? markOf(stats) : (error.code ?? 'unknown')))
  })
}

const markOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats) => [dev, ino, size, mtimeNs, ctimeNs].join(' ')
