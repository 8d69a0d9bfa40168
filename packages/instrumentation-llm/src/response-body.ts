import {
  BLANKS,
  createAwsEventStreamParser,
  createBodyCollector,
  createEventStreamParser,
  createJsonArrayParser,
  createJsonMembers,
  createNdjsonParser,
  type ResponseHead,
} from '@agentgateway-otel/wire'
import { createCountSum } from './count-sum.ts'
import type { Format } from './formats/format.ts'
import { isJsonObject } from './json-object.ts'
import type { LlmResponse } from './llm-response.ts'

/** Reads a response's body as it is received. */
export interface ResponseBodyReader {
  push(chunk: Uint8Array): void
  /** @param isComplete whether the sender ended the body, rather than the connection breaking */
  end(isComplete: boolean): void
}

/** The longest message of a stream that is read, in UTF-16 code units or bytes. The last one may have an image in it. */
const MAX_MESSAGE_LENGTH = 8 * 1024 * 1024

/**
 * Creates a reader that sets what it finds on `response`. The body's first byte decides how it is read, whatever its
 * content type: gateways send event streams as `application/json`, as `text/plain` or without a type, and clients read
 * them all the same.
 */
export function createResponseBodyReader(
  head: ResponseHead,
  format: Format,
  response: LlmResponse,
): ResponseBodyReader {
  const contentType = head.header('content-type') ?? ''
  // The bytes of sound and pictures may look like anything.
  if (/^\s*(?:audio|image|video)\//i.test(contentType)) return IGNORED_BODY
  let reader: ResponseBodyReader | undefined

  function createReader(firstByte: number): ResponseBodyReader {
    if (firstByte === OPEN_BRACE) return createObjectsReader(format, response, readMessage)
    if (firstByte === OPEN_BRACKET) return toReader(createJsonArrayParser(readMessage, MAX_MESSAGE_LENGTH))
    if (firstByte <= MAX_AWS_FIRST_BYTE) return toReader(createAwsEventStreamParser(readAwsEvent, MAX_MESSAGE_LENGTH))
    if (EVENT_STREAM_FIRST_BYTES.includes(firstByte) || /^\s*text\/event-stream\b/i.test(contentType)) {
      return toReader(createEventStreamParser(readMessage, MAX_MESSAGE_LENGTH))
    }
    return IGNORED_BODY
  }

  function readMessage(text: string): void {
    if (response.awaitsContent) response.noteMessage(format.hasContent?.(text) === true)
    if (text === format.lastEvent) {
      response.isFinished = true
    } else if (
      format.relevantMessage.test(text) ||
      (response.model === undefined && format.modelMessage?.test(text)) ||
      (response.matchesFormat === undefined && format.matches !== undefined)
    ) {
      const message = parseJson(text)
      if (!isJsonObject(message)) return
      response.matchesFormat ??= format.matches?.(message)
      format.read(message, response)
    }
  }

  function readAwsEvent(event: { header(name: string): string | undefined; readonly payload: Uint8Array }): void {
    const exception = event.header(':exception-type') ?? event.header(':error-code')
    if (exception !== undefined) response.setError({ type: exception })
    else readMessage(new TextDecoder().decode(event.payload))
  }

  return {
    push(chunk) {
      if (reader !== undefined) {
        reader.push(chunk)
        return
      }
      const start = chunk.findIndex((byte) => !BLANKS.has(byte))
      if (start === -1) return
      reader = createReader(chunk[start] as number)
      reader.push(chunk.subarray(start))
    },
    end: (isComplete) => reader?.end(isComplete),
  }
}

const [OPEN_BRACE, OPEN_BRACKET] = [0x7b, 0x5b]
/** The first letters of the fields `data`, `event`, `id` and `retry`, and the colon that begins a comment. */
const EVENT_STREAM_FIRST_BYTES = [...'deir:'].map((letter) => letter.charCodeAt(0))
/** A message of an AWS event stream begins with its length in four bytes. No text begins with a byte this small. */
const MAX_AWS_FIRST_BYTE = 8

const IGNORED_BODY: ResponseBodyReader = { push() {}, end() {} }

/** Makes a reader of a stream's parser. The last message of a stream that is cut off is not complete, so it is not read. */
const toReader = (parser: { push(chunk: Uint8Array): void; end?(): void }): ResponseBodyReader => ({
  push: (chunk) => parser.push(chunk),
  end(isComplete) {
    if (isComplete) parser.end?.()
  },
})

/** The longest first message of a stream of objects that is searched for content, in bytes. */
const MAX_FIRST_BYTES = 64 * 1024

/** Reads one object, which is the whole response, or several, which are the lines of a stream. */
function createObjectsReader(
  format: Format,
  response: LlmResponse,
  readMessage: (text: string) => void,
): ResponseBodyReader {
  const firstObject = createObjectReader(format, response)
  /** The first object as it is, which may be the first message of a stream, if it is asked when the content begins. */
  const firstText = response.awaitsContent ? createBodyCollector(MAX_FIRST_BYTES) : undefined
  let firstEndMs = 0
  let hasFirstEnded = false
  let lines: ResponseBodyReader | undefined
  return {
    push(chunk) {
      if (lines !== undefined) {
        lines.push(chunk)
        return
      }
      let following = chunk
      if (!hasFirstEnded) {
        const length = firstObject.push(chunk)
        firstText?.push(length === -1 ? chunk : chunk.subarray(0, length))
        if (length === -1) return
        hasFirstEnded = true
        firstEndMs = response.now()
        following = chunk.subarray(length)
      }
      if (following.every((byte) => BLANKS.has(byte))) return
      firstObject.end(true)
      // Only now it shows that the first object was the first message of a stream, and not a whole response.
      if (firstText !== undefined)
        response.noteMessage(format.hasContent?.(firstText.text() ?? '') === true, firstEndMs)
      lines = toReader(createNdjsonParser(readMessage, MAX_MESSAGE_LENGTH))
      lines.push(following)
    },
    end: (isComplete) => (lines ?? firstObject).end(isComplete),
  }
}

interface ObjectReader extends ResponseBodyReader {
  /** @returns how many bytes of the chunk belong to the object if it ends in this chunk, else -1 */
  push(chunk: Uint8Array): number
}

function createObjectReader(format: Format, response: LlmResponse): ObjectReader {
  const { push, members } = createJsonMembers(format.responseMembers, format.maxMemberBytes)
  const { repeatedCount } = format
  const sum = repeatedCount && createCountSum(repeatedCount.pattern)
  return {
    push(chunk) {
      const length = push(chunk)
      sum?.push(length === -1 ? chunk : chunk.subarray(0, length))
      return length
    },
    end(isComplete) {
      const matches = format.matches?.(members)
      // What a part of an object lacks proves nothing: it may have been in the part that is missing.
      if (isComplete || matches) response.matchesFormat = matches
      format.read(members, response)
      if (repeatedCount !== undefined) response.setUsage({ [repeatedCount.name]: sum?.total() })
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
