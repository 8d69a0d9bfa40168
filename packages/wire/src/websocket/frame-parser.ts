/** What a parser calls back with. */
export interface FrameListener {
  /** A text or binary message that has arrived whole. The bytes are valid only during the call. */
  message(bytes: Uint8Array): void
  /** A Close frame. @param code its status code; 1005 if it has none */
  close(code: number): void
}

/** How one direction of a WebSocket is read. */
export interface FrameParserOptions {
  /** Undoes the compression of a message. Without it compressed messages break the protocol. */
  inflate?(bytes: Uint8Array): Uint8Array | undefined
  /** How long a message may be on the wire, in bytes. A longer one is left out. */
  readonly maxMessageBytes: number
}

/** RFC 6455: 7.4.1, no status code was present. */
const NO_STATUS = 1005
const CONTINUATION = 0
const TEXT = 1
const BINARY = 2
const CLOSE = 8
const PONG = 10
/** The longest payload of a Ping, Pong or Close frame. */
const MAX_CONTROL_BYTES = 125
/** The longest head of a frame: two bytes, a length of eight and a mask of four. */
const MAX_HEAD_BYTES = 14

/**
 * Reads one direction of a WebSocket (RFC 6455), with the extension permessage-deflate (RFC 7692). It joins the frames of a
 * message, and undoes the masks that clients use. After bytes that break the protocol it reads nothing more: the peers end
 * such a connection too.
 */
export class FrameParser {
  readonly #listener: FrameListener
  readonly #options: FrameParserOptions
  readonly #head = new Uint8Array(MAX_HEAD_BYTES)
  #headLength = 0
  /** Undefined between frames. */
  #frame: Frame | undefined
  /** The message whose frames arrive. */
  #message: Message | undefined
  #isBroken = false

  constructor(listener: FrameListener, options: FrameParserOptions) {
    this.#listener = listener
    this.#options = options
  }

  push(chunk: Uint8Array): void {
    let position = 0
    while (!this.#isBroken && position < chunk.length) {
      position = this.#frame === undefined ? this.#readHead(chunk, position) : this.#readPayload(chunk, position)
    }
  }

  /** Reads on in a frame's head. A frame without a payload ends with its head. */
  #readHead(chunk: Uint8Array, start: number): number {
    let position = start
    while (position < chunk.length) {
      this.#head[this.#headLength++] = chunk[position++] as number
      const frame = this.#parseHead()
      if (frame === undefined) continue
      this.#headLength = 0
      this.#begin(frame)
      break
    }
    return position
  }

  /** Returns the frame whose head is complete. */
  #parseHead(): Frame | undefined {
    const head = this.#head
    if (this.#headLength < 2) return undefined
    const [first, second] = [head[0] as number, head[1] as number]
    const shortLength = second & 0x7f
    const lengthBytes = shortLength === 126 ? 2 : shortLength === 127 ? 8 : 0
    const isMasked = (second & 0x80) !== 0
    const maskStart = 2 + lengthBytes
    if (this.#headLength < maskStart + (isMasked ? 4 : 0)) return undefined
    let length = lengthBytes === 0 ? shortLength : 0
    for (let i = 2; i < maskStart; i++) length = length * 256 + (head[i] as number)
    return {
      isFinal: (first & 0x80) !== 0,
      isCompressed: (first & 0x40) !== 0,
      hasReservedBits: (first & 0x30) !== 0,
      opcode: first & 0x0f,
      length,
      mask: isMasked ? head.slice(maskStart, maskStart + 4) : undefined,
      read: 0,
    }
  }

  #begin(frame: Frame): void {
    const { opcode, isFinal, isCompressed, length } = frame
    const isControl = opcode >= CLOSE
    const isContinuation = opcode === CONTINUATION
    const isMessage = opcode === TEXT || opcode === BINARY
    this.#isBroken =
      frame.hasReservedBits ||
      (isControl && (!isFinal || isCompressed || length > MAX_CONTROL_BYTES || opcode > PONG)) ||
      (!isControl && !isMessage && !isContinuation) ||
      isContinuation !== (this.#message !== undefined && !isControl) ||
      (isContinuation && isCompressed) ||
      (isCompressed && this.#options.inflate === undefined) ||
      !Number.isSafeInteger(length)
    if (this.#isBroken) {
      this.#message = undefined
      return
    }
    if (isMessage) this.#message = { isCompressed, chunks: [], length: 0 }
    this.#frame = frame
    if (opcode === CLOSE) frame.control = new Uint8Array(length)
    if (length === 0) this.#end(frame)
  }

  #readPayload(chunk: Uint8Array, start: number): number {
    const frame = this.#frame as Frame
    const end = Math.min(chunk.length, start + frame.length - frame.read)
    const bytes = chunk.subarray(start, end)
    if (frame.control !== undefined) frame.control.set(unmask(bytes, frame), frame.read)
    else if (frame.opcode < CLOSE) this.#keep(bytes, frame)
    frame.read += bytes.length
    if (frame.read === frame.length) this.#end(frame)
    return end
  }

  /** Keeps a part of a message, unless the message has become too long. */
  #keep(bytes: Uint8Array, frame: Frame): void {
    const message = this.#message as Message
    message.length += bytes.length
    if (message.length > this.#options.maxMessageBytes) message.chunks = undefined
    // A chunk is lent, so that what is kept for longer has to be copied.
    message.chunks?.push(frame.mask === undefined ? bytes.slice() : unmask(bytes, frame))
  }

  #end(frame: Frame): void {
    this.#frame = undefined
    if (frame.control !== undefined) {
      const [high, low] = frame.control
      this.#listener.close(low === undefined ? NO_STATUS : ((high as number) << 8) | low)
    }
    if (frame.opcode >= CLOSE || !frame.isFinal) return
    const { isCompressed, chunks } = this.#message as Message
    this.#message = undefined
    if (chunks === undefined) {
      // A message that is left out takes the context along that the next ones are compressed with.
      if (isCompressed) this.#isBroken = true
      return
    }
    const bytes = chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks)
    const inflated = isCompressed ? this.#options.inflate?.(bytes) : bytes
    if (inflated === undefined) this.#isBroken = true
    else this.#listener.message(inflated)
  }
}

interface Frame {
  readonly isFinal: boolean
  readonly isCompressed: boolean
  readonly hasReservedBits: boolean
  readonly opcode: number
  /** Of the payload, in bytes. */
  readonly length: number
  readonly mask: Uint8Array | undefined
  /** How much of the payload has arrived. */
  read: number
  /** The payload of a Close frame. */
  control?: Uint8Array
}

interface Message {
  readonly isCompressed: boolean
  /** Undefined once the message has become too long. */
  chunks: Uint8Array[] | undefined
  length: number
}

/** Returns a part of a frame's payload without its mask: a copy, unless there is no mask. */
function unmask(bytes: Uint8Array, { mask, read }: Frame): Uint8Array {
  if (mask === undefined) return bytes
  const unmasked = new Uint8Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) unmasked[i] = (bytes[i] as number) ^ (mask[(read + i) & 3] as number)
  return unmasked
}
