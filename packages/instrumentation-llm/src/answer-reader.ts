import { createEventStreamParser } from '@agentgateway-otel/wire'
import type { Answer } from './answer.ts'
import { type Format, isMessage } from './formats/format.ts'
import { createJsonMembers } from './json-members.ts'

/** Reads an answer's body as it passes. */
export interface AnswerReader {
  push(chunk: Uint8Array): void
  /** @param isWhole whether the body ended as its sender meant it to */
  end(isWhole: boolean): void
}

/** The answer to a request for a stream may be plain JSON, so the response's own type decides. */
export function readAnswer(contentType: string | undefined, format: Format, answer: Answer): AnswerReader {
  return /^\s*text\/event-stream\b/i.test(contentType ?? '') ? readStream(format, answer) : readWhole(format, answer)
}

function readStream(format: Format, answer: Answer): AnswerReader {
  const parser = createEventStreamParser((data) => {
    if (data === format.lastEvent) {
      answer.isFinished = true
    } else if (answer.model === undefined || format.notable.test(data)) {
      const message = parse(data)
      if (isMessage(message)) format.read(message, answer)
    }
  })
  return {
    push: parser.push,
    end(isWhole) {
      if (isWhole) parser.end()
    },
  }
}

function readWhole(format: Format, answer: Answer): AnswerReader {
  const { push, members } = createJsonMembers(format.members)
  return { push, end: () => format.read(members, answer) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
