import {
  BLANKS,
  createAwsEventStreamParser,
  createEventStreamParser,
  createJsonArrayParser,
  createJsonMembers,
  createNdjsonParser,
  type ResponseHead,
} from '@agentgateway-otel/wire'
import { createCountSum } from './count-sum.ts'
import { type Format, isMessage } from './formats/format.ts'
import type { Answer } from './llm-response.ts'

/** Reads an answer's body as it passes. */
export interface AnswerReader {
  push(chunk: Uint8Array): void
  /** @param isWhole whether the body ended as its sender meant it to */
  end(isWhole: boolean): void
}

/** Of one message of a stream, in UTF-16 code units or bytes: the last one may have an image in it. */
const MAX_MESSAGE = 8 * 1024 * 1024

/**
 * The first byte decides what a body is, whatever its content type: gateways send event streams as `application/json`, as
 * `text/plain` or without a type, and clients read them all the same.
 */
export function readAnswer(head: ResponseHead, format: Format, answer: Answer): AnswerReader {
  const contentType = head.header('content-type') ?? ''
  // What is spoken or drawn has bytes of any value.
  if (/^\s*(?:audio|image|video)\//i.test(contentType)) return NOTHING
  let reader: AnswerReader | undefined
  return {
    push(chunk) {
      if (reader !== undefined) {
        reader.push(chunk)
        return
      }
      const start = chunk.findIndex((byte) => !BLANKS.has(byte))
      if (start === -1) return
      reader = readerOf(chunk[start] as number, contentType)
      reader.push(chunk.subarray(start))
    },
    end: (isWhole) => reader?.end(isWhole),
  }

  function readerOf(first: number, contentType: string): AnswerReader {
    if (first === OPEN_BRACE) return readObjects(format, answer, readMessage)
    if (first === OPEN_BRACKET) return readArray(readMessage)
    if (first <= MAX_AWS_FIRST_BYTE) return asReader(createAwsEventStreamParser(readAwsEvent, MAX_MESSAGE))
    if (EVENT_STREAM_FIRST_BYTES.includes(first) || /^\s*text\/event-stream\b/i.test(contentType)) {
      return asReader(createEventStreamParser(readMessage, MAX_MESSAGE))
    }
    return NOTHING
  }

  function readMessage(text: string): void {
    if (text === format.lastEvent) {
      answer.isFinished = true
    } else if (
      format.notable.test(text) ||
      (answer.model === undefined && format.namesModel?.test(text)) ||
      (answer.isOwn === undefined && format.isOwn !== undefined)
    ) {
      const message = parse(text)
      if (!isMessage(message)) return
      answer.isOwn ??= format.isOwn?.(message)
      format.read(message, answer)
    }
  }

  function readAwsEvent(event: { header(name: string): string | undefined; readonly payload: Uint8Array }): void {
    const exception = event.header(':exception-type') ?? event.header(':error-code')
    if (exception !== undefined) answer.setError({ type: exception })
    else readMessage(new TextDecoder().decode(event.payload))
  }
}

const [OPEN_BRACE, OPEN_BRACKET] = [0x7b, 0x5b]
/** Of `data`, `event`, `id`, `retry`, and of a comment. */
const EVENT_STREAM_FIRST_BYTES = [...'deir:'].map((letter) => letter.charCodeAt(0))
/** A message of an AWS event stream begins with its length, in four bytes: no text begins with so small a byte. */
const MAX_AWS_FIRST_BYTE = 8

const NOTHING: AnswerReader = { push() {}, end() {} }

/** A stream that is cut does not end its last message. */
const asReader = (parser: { push(chunk: Uint8Array): void; end?(): void }): AnswerReader => ({
  push: parser.push,
  end(isWhole) {
    if (isWhole) parser.end?.()
  },
})

/** One object is the whole response; where another one follows, they are the lines of a stream. */
function readObjects(format: Format, answer: Answer, readMessage: (text: string) => void): AnswerReader {
  const first = readObject(format, answer)
  let hasEnded = false
  let lines: AnswerReader | undefined
  return {
    push(chunk) {
      if (lines !== undefined) {
        lines.push(chunk)
        return
      }
      let rest = chunk
      if (!hasEnded) {
        const length = first.push(chunk)
        if (length === -1) return
        hasEnded = true
        rest = chunk.subarray(length)
      }
      if (rest.every((byte) => BLANKS.has(byte))) return
      first.end(true)
      lines = asReader(createNdjsonParser(readMessage, MAX_MESSAGE))
      lines.push(rest)
    },
    end: (isWhole) => (lines ?? first).end(isWhole),
  }
}

const readArray = (readMessage: (text: string) => void) => asReader(createJsonArrayParser(readMessage, MAX_MESSAGE))

interface ObjectReader extends AnswerReader {
  /** @returns how many bytes of the chunk belong to the object, once it has ended in this chunk; else -1 */
  push(chunk: Uint8Array): number
}

function readObject(format: Format, answer: Answer): ObjectReader {
  const { push, members } = createJsonMembers(format.members)
  const { sum } = format
  const counts = sum && createCountSum(sum.pattern)
  return {
    push(chunk) {
      const length = push(chunk)
      counts?.push(length === -1 ? chunk : chunk.subarray(0, length))
      return length
    },
    end(isWhole) {
      const isOwn = format.isOwn?.(members)
      // What is missing from a part of an object says nothing.
      if (isWhole || isOwn) answer.isOwn = isOwn
      format.read(members, answer)
      if (sum !== undefined) answer.setUsage({ [sum.name]: counts?.total() })
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
