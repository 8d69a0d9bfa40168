import { numberText } from './numbers.ts'

/** How many bytes a piece of text has at most, unless a single line is longer. */
const PIECE_BYTES = 64 * 1024

/** How many buffers are kept for later pieces. */
const MAX_SPARE = 4

/** The most bytes that one UTF-16 code unit takes in UTF-8. */
const MAX_UNIT_BYTES = 3

/** The most bytes of a number, and of the blank and the line feed around it. */
const NUMBER_BYTES = 40

const DIGIT_0 = 48
const SPACE = 32
const LINE_FEED = 10
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
  /** How the last line began, and where that is in the buffer; empty where the buffer has no such line. */
  #beginning = ''
  #beginningStart = 0
  #beginningEnd = 0

  constructor(pool: PiecePool) {
    this.#pool = pool
    this.#buffer = pool.take()
  }

  /**
   * Begins a line. It is fastest where the line begins like the one before.
   *
   * @param moreBytes how many bytes the rest of the line may take at most, without numbers
   */
  beginLine(beginning: string, moreBytes: number): void {
    if (this.#reserve(beginning.length * MAX_UNIT_BYTES + moreBytes + 2 * NUMBER_BYTES)) this.#beginning = ''
    const start = this.#length
    if (beginning === this.#beginning) {
      this.#length += this.#beginningEnd - this.#beginningStart
      this.#buffer.copyWithin(start, this.#beginningStart, this.#beginningEnd)
      return
    }
    this.#length += this.#buffer.write(beginning, start)
    this.#beginning = beginning
    this.#beginningStart = start
    this.#beginningEnd = this.#length
  }

  /** Goes on in a line. */
  write(text: string): void {
    this.#length += this.#buffer.write(text, this.#length)
  }

  /** Goes on in a line with bytes. */
  writeBytes(bytes: Uint8Array): void {
    const buffer = this.#buffer
    let end = this.#length
    for (let i = 0; i < bytes.length; i++) buffer[end++] = bytes[i] as number
    this.#length = end
  }

  /** Goes on with a blank and a number. */
  writeNumber(value: number): void {
    this.#buffer[this.#length++] = SPACE
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER && Number.isInteger(value) && !Object.is(value, -0)) {
      this.#writeInteger(value)
    } else this.write(numberText(value))
  }

  endLine(): void {
    this.#buffer[this.#length++] = LINE_FEED
  }

  /** Writes lines that are complete. */
  writeLines(lines: string): void {
    if (this.#reserve(lines.length * MAX_UNIT_BYTES)) this.#beginning = ''
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

  /** Makes room, in another buffer where this one has too little. Returns whether it is another one. */
  #reserve(bytes: number): boolean {
    if (this.#length + bytes <= this.#buffer.length) return false
    if (this.#length > 0) this.#full.push(this.takeLast())
    else this.#pool.release(this.#buffer)
    this.#buffer = bytes <= PIECE_BYTES ? this.#pool.take() : Buffer.allocUnsafeSlow(bytes)
    this.#length = 0
    return true
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
