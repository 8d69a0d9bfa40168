import {
  createAwsEventStreamParser,
  createEventStreamParser,
  createJsonArrayParser,
  createNdjsonParser,
  type ResponseHead,
} from '@agentgateway-otel/wire'
import type { Answer } from './answer.ts'
import { createCountSum } from './count-sum.ts'
import { type Format, isMessage } from './formats/format.ts'
import { createJsonMembers } from './json-members.ts'

/** Reads an answer's body as it passes. */
export interface AnswerReader {
  push(chunk: Uint8Array): void
  /** @param isWhole whether the body ended as its sender meant it to */
  end(isWhole: boolean): void
}

/** Of one message of a stream, in UTF-16 code units or bytes: the last one may have an image in it. */
const MAX_MESSAGE = 8 * 1024 * 1024

/** The answer to a request for a stream may be plain JSON, so the response's own type decides. */
export function readAnswer(head: ResponseHead, format: Format, answer: Answer): AnswerReader {
  const contentType = head.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  switch (contentType) {
    case 'text/event-stream':
      return ended(createEventStreamParser(readMessage, MAX_MESSAGE))
    case 'application/x-ndjson':
    case 'application/ndjson':
    case 'application/jsonl':
    case 'application/stream+json':
      return ended(createNdjsonParser(readMessage, MAX_MESSAGE))
    case 'application/vnd.amazon.eventstream':
      return ended(createAwsEventStreamParser(readAwsEvent, MAX_MESSAGE))
    default:
      return readJson(format, answer, readMessage)
  }

  function readMessage(text: string): void {
    if (text === format.lastEvent) {
      answer.isFinished = true
    } else if (format.notable.test(text) || (answer.model === undefined && format.namesModel?.test(text))) {
      const message = parse(text)
      if (isMessage(message)) format.read(message, answer)
    }
  }

  function readAwsEvent(event: { header(name: string): string | undefined; readonly payload: Uint8Array }): void {
    const exception = event.header(':exception-type') ?? event.header(':error-code')
    if (exception !== undefined) answer.setError({ type: exception })
    else readMessage(new TextDecoder().decode(event.payload))
  }
}

/** A stream that is cut does not end its last message. */
const ended = (parser: { push(chunk: Uint8Array): void; end?(): void }): AnswerReader => ({
  push: parser.push,
  end(isWhole) {
    if (isWhole) parser.end?.()
  },
})

/** An object, or an array of messages: the first byte that is neither white space nor of a byte order mark tells. */
function readJson(format: Format, answer: Answer, readMessage: (text: string) => void): AnswerReader {
  let reader: AnswerReader | undefined
  return {
    push(chunk) {
      const first = chunk.find((byte) => byte > 0x20 && byte < 0x80)
      if (first !== undefined) reader ??= first === OPEN_BRACKET ? readArray(readMessage) : readObject(format, answer)
      reader?.push(chunk)
    },
    end: (isWhole) => reader?.end(isWhole),
  }
}

const OPEN_BRACKET = 0x5b

const readArray = (readMessage: (text: string) => void) => ended(createJsonArrayParser(readMessage, MAX_MESSAGE))

function readObject(format: Format, answer: Answer): AnswerReader {
  const { push, members } = createJsonMembers(format.members)
  const { sum } = format
  if (sum === undefined) return { push, end: () => format.read(members, answer) }
  const counts = createCountSum(sum.pattern)
  return {
    push(chunk) {
      push(chunk)
      counts.push(chunk)
    },
    end() {
      format.read(members, answer)
      answer.setUsage({ [sum.name]: counts.total() })
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
