import { numberText } from './numbers.ts'

/** How many bytes a piece of text has at most, unless a single line is longer. */
const PIECE_BYTES = 64 * 1024

/** How many buffers are kept for later pieces. */
const MAX_SPARE = 4

/** The most bytes that one UTF-16 code unit takes in UTF-8. */
const MAX_UNIT_BYTES = 3

/** The most bytes of what a line has besides its name, its labels and an exemplar: two braces, a number, a line feed. */
const LINE_BYTES = 40

const DIGIT_0 = 48
const SPACE = 32
const LINE_FEED = 10
const COMMA = 44
const OPEN_BRACE = 123
const CLOSE_BRACE = 125
const MAX_DIGITS = 16

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
  readonly #digits = new Uint8Array(MAX_DIGITS)
  #buffer: Buffer
  #length = 0
  /** The labels of the last line, and where they are in the buffer; undefined where the buffer has no such line. */
  #labels: string | undefined
  #labelsStart = 0
  #labelsEnd = 0
  /** The last bucket's name and labels, and where its line has what comes before its last label. */
  readonly #bucket: { name: string | undefined; labels: string; start: number; end: number } = {
    name: undefined,
    labels: '',
    start: 0,
    end: 0,
  }

  constructor(pool: PiecePool) {
    this.#pool = pool
    this.#buffer = pool.take()
  }

  /**
   * Begins the line of a sample. The labels need not be encoded again where they are those of the line before.
   *
   * @param labels the labels as they stand between the braces; empty where there are none
   * @param moreBytes how many bytes the rest of the line may take at most, without numbers
   */
  beginSample(name: string, labels: string, moreBytes = 0): void {
    this.#reserve((name.length + labels.length) * MAX_UNIT_BYTES + moreBytes + LINE_BYTES)
    this.write(name)
    if (labels === '') return
    this.#writeByte(OPEN_BRACE)
    this.#writeLabels(labels)
    this.#writeByte(CLOSE_BRACE)
  }

  /**
   * Begins the line of a bucket, up to its last label.
   *
   * @param lastLabel the label `le` and the closing brace
   */
  beginBucket(name: string, labels: string, lastLabel: Uint8Array, moreBytes: number): void {
    this.#reserve((name.length + labels.length) * MAX_UNIT_BYTES + lastLabel.length + moreBytes + LINE_BYTES)
    const bucket = this.#bucket
    const buffer = this.#buffer
    const start = this.#length
    if (name === bucket.name && labels === bucket.labels) {
      buffer.copyWithin(start, bucket.start, bucket.end)
      this.#length += bucket.end - bucket.start
    } else {
      this.write(name)
      this.#writeByte(OPEN_BRACE)
      if (labels !== '') {
        this.#writeLabels(labels)
        this.#writeByte(COMMA)
      }
      bucket.name = name
      bucket.labels = labels
    }
    bucket.start = start
    bucket.end = this.#length
    let end = this.#length
    for (let i = 0; i < lastLabel.length; i++) buffer[end++] = lastLabel[i] as number
    this.#length = end
  }

  /** Goes on in a line. */
  write(text: string): void {
    this.#length += this.#buffer.write(text, this.#length)
  }

  /** Goes on with a blank and a number. */
  writeNumber(value: number): void {
    this.#writeByte(SPACE)
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER && Number.isInteger(value) && !Object.is(value, -0)) {
      this.#writeInteger(value)
    } else this.write(numberText(value))
  }

  endLine(): void {
    this.#writeByte(LINE_FEED)
  }

  /** Writes lines that are complete. */
  writeLines(lines: string): void {
    this.#reserve(lines.length * MAX_UNIT_BYTES)
    this.write(lines)
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
    this.#bucket.name = undefined
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
    this.write(labels)
    this.#labels = labels
    this.#labelsStart = start
    this.#labelsEnd = this.#length
  }

  #writeInteger(value: number): void {
    const digits = this.#digits
    let count = 0
    let rest = value
    do {
      const next = Math.floor(rest / 10)
      digits[count++] = DIGIT_0 + (rest - next * 10)
      rest = next
    } while (rest > 0)
    while (count > 0) this.#buffer[this.#length++] = digits[--count] as number
  }
}
