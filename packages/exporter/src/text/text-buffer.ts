import { numberText } from './numbers.ts'

/** How many bytes a piece of text has at most, unless a single line is longer. */
const PIECE_BYTES = 64 * 1024

/** How many buffers are kept for later pieces. */
const MAX_SPARE = 4

/** The most bytes that one UTF-16 code unit takes in UTF-8. */
const MAX_UNIT_BYTES = 3

/** The most bytes that a line has besides its name, its labels and an exemplar: those of a number, and a few signs. */
const LINE_BYTES = 40

const DIGIT_0 = 48
const SPACE = 32
const LINE_FEED = 10
const COMMA = 44
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

/** The most bytes of a bucket's label `le`. */
const LAST_LABEL_BYTES = 40

/** Buffers for pieces of text, which are used again. Otherwise each scrape would leave all its text as garbage. */
export class PiecePool {
  readonly #spare: ArrayBuffer[] = []

  take(): Buffer {
    return Buffer.from(this.#spare.pop() ?? new ArrayBuffer(PIECE_BYTES))
  }

  /** Takes back a piece that nothing reads any more. */
  release({ buffer }: Buffer): void {
    if (buffer.byteLength === PIECE_BYTES && this.#spare.length < MAX_SPARE) this.#spare.push(buffer as ArrayBuffer)
  }
}

/**
 * Text that is written line by line as UTF-8, into buffers of a pool. Strings that are joined and encoded later would
 * cost twice the time, and several times the text in memory.
 */
export class TextBuffer {
  readonly #pool: PiecePool
  readonly #full: Buffer[] = []
  #buffer: Buffer
  #length = 0
  /** The labels of the last line, and where they are in the buffer; undefined where the buffer has no such line. */
  #labels: string | undefined
  #labelsStart = 0
  #labelsEnd = 0

  constructor(pool: PiecePool) {
    this.#pool = pool
    this.#buffer = pool.take()
  }

  /**
   * Begins the line of a sample, up to its value. The labels need not be encoded again where they are those of the line before.
   *
   * @param labels the labels as they stand between the braces; empty where there are none
   */
  beginSample(name: string, labels: string): void {
    this.#reserve((name.length + labels.length) * MAX_UNIT_BYTES + LINE_BYTES)
    this.#write(name)
    if (labels !== '') {
      this.#writeByte(OPEN_BRACE)
      this.#writeLabels(labels)
      this.#writeByte(CLOSE_BRACE)
    }
    this.#writeByte(SPACE)
  }

  /** Whether `writeBuckets` can write so many buckets with these labels into one piece. */
  static holdsBuckets(name: string, labels: string, count: number): boolean {
    return bucketBytes(name, labels) * count <= PIECE_BYTES
  }

  /**
   * Writes the lines of a histogram's buckets, which have to fit into one piece. This is nearly all of a text, so it is one loop over local variables: V8
   * throws away the compiled code of what has not run for a while, and then interprets it.
   *
   * @param lastLabels the label `le` of each bucket, the closing brace and a blank
   * @param counts holds how many values each bucket has, without those of the buckets before
   * @param offset the index of the first count
   * @returns how many values all buckets have
   */
  writeBuckets(
    name: string,
    labels: string,
    lastLabels: readonly Uint8Array[],
    counts: ArrayLike<number>,
    offset: number,
  ): number {
    this.#reserve(bucketBytes(name, labels) * lastLabels.length)
    const start = this.#length
    this.#beginBucket(name, labels)
    const buffer = this.#buffer
    let position = this.#length
    const end = position
    let total = 0
    for (let i = 0; i < lastLabels.length; i++) {
      if (i > 0) {
        buffer.copyWithin(position, start, end)
        position += end - start
      }
      const lastLabel = lastLabels[i] as Uint8Array
      buffer.set(lastLabel, position)
      position += lastLabel.length
      total += counts[offset + i] as number
      position = writeDigits(buffer, position, total)
      buffer[position++] = LINE_FEED
    }
    this.#length = position
    return total
  }

  /**
   * Writes the line of one bucket.
   *
   * @param rest what comes after the labels: the label `le` and all that follows
   */
  writeBucket(name: string, labels: string, rest: string): void {
    this.#reserve((name.length + labels.length + rest.length) * MAX_UNIT_BYTES + LINE_BYTES)
    this.#beginBucket(name, labels)
    this.#write(rest)
  }

  /** Goes on with a number. */
  writeNumber(value: number): void {
    this.#length = writeDigits(this.#buffer, this.#length, value)
  }

  endLine(): void {
    this.#writeByte(LINE_FEED)
  }

  /** Writes lines that are complete. */
  writeLines(lines: string): void {
    this.#reserve(lines.length * MAX_UNIT_BYTES)
    this.#write(lines)
  }

  /** Takes the pieces that are full. */
  takeFull(): Buffer[] {
    return this.#full.splice(0)
  }

  /** Takes the last piece, which is not full, and ends the text. */
  takeLast(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  get hasFull(): boolean {
    return this.#full.length > 0
  }

  /** Whether there is a last piece. */
  get hasMore(): boolean {
    return this.#length > 0
  }

  /** Makes room, in another buffer where this one has too little. */
  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return
    if (this.#length > 0) this.#full.push(this.takeLast())
    else this.#pool.release(this.#buffer)
    this.#buffer = bytes <= PIECE_BYTES ? this.#pool.take() : Buffer.allocUnsafeSlow(bytes)
    this.#length = 0
    this.#labels = undefined
  }

  /** Begins the line of a bucket, up to its label `le`. */
  #beginBucket(name: string, labels: string): void {
    this.#write(name)
    this.#writeByte(OPEN_BRACE)
    if (labels === '') return
    this.#writeLabels(labels)
    this.#writeByte(COMMA)
  }

  #write(text: string): void {
    this.#length += this.#buffer.write(text, this.#length)
  }

  #writeByte(byte: number): void {
    this.#buffer[this.#length++] = byte
  }

  #writeLabels(labels: string): void {
    const start = this.#length
    if (labels === this.#labels) {
      this.#buffer.copyWithin(start, this.#labelsStart, this.#labelsEnd)
      this.#length += this.#labelsEnd - this.#labelsStart
      return
    }
    this.#write(labels)
    this.#labels = labels
    this.#labelsStart = start
    this.#labelsEnd = this.#length
  }
}

/** The most bytes of the line of a bucket. */
const bucketBytes = (name: string, labels: string) =>
  (name.length + labels.length) * MAX_UNIT_BYTES + LAST_LABEL_BYTES + LINE_BYTES

/** Writes a number at a position, and returns the position after it. */
function writeDigits(buffer: Buffer, position: number, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0 || Object.is(value, -0)) {
    return position + buffer.write(numberText(value), position)
  }
  let unit = 1
  while (unit * 10 <= value) unit *= 10
  let rest = value
  let end = position
  while (unit >= 1) {
    const digit = Math.floor(rest / unit)
    buffer[end++] = DIGIT_0 + digit
    rest -= digit * unit
    unit /= 10
  }
  return end
}
