import { excerpt } from './excerpt.ts'
import type { HttpResponse } from './http-exchange.ts'
import { messagesOf } from './protobuf-fields.ts'

/** A message is searched for in no more than this. */
const MAX_BYTES = 4096

/**
 * Returns the beginning of what the body of a failure says, as a line. By OTLP's specification it is a
 * `google.rpc.Status` (message: 2); proxies send texts and HTML.
 */
export function statusMessage({ headers, body, isCut }: HttpResponse): string {
  const type = headers['content-type'] ?? ''
  if (/protobuf/i.test(type)) return isCut ? '' : excerpt(messageOfProtobuf(body))
  const text = body.toString('utf8', 0, MAX_BYTES)
  if (/json/i.test(type)) return excerpt(messageOfJson(text) ?? text)
  if (/html/i.test(type)) return excerpt(withoutTags(text))
  // Bytes that are no text are not worth showing.
  return text.includes('\ufffd') ? '' : excerpt(text)
}

function messageOfProtobuf(body: Buffer): string {
  try {
    return messagesOf(body, 2)[0]?.toString() ?? ''
  } catch {
    return ''
  }
}

function messageOfJson(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text)
    return typeof message === 'string' ? message : undefined
  } catch {
    return undefined
  }
}

const withoutTags = (html: string) =>
  html.replace(/<(script|style|title)\b[\s\S]*?<\/\1\s*>/gi, ' ').replace(/<[^>]*>/g, ' ')
