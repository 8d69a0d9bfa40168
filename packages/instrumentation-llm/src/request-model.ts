import { createJsonMembers } from '@agentgateway-otel/wire'

/** Finds the model's name in a request's body as it is sent, and whether the body is one of an API's format. */
export interface RequestModel {
  readonly push: (chunk: Uint8Array) => void
  /** As far as it has come. */
  model(): string | undefined
  /** Whether a member of each group has come so far; undefined where nothing was sent. */
  hasOfEach(): boolean | undefined
}

/**
 * @param contentType of the request: a form with files, or JSON
 * @param groups groups of members' names for `hasOfEach`; of a form, the model alone is looked for
 * @param name of the member that names the model
 */
export function createRequestModel(
  contentType: string | undefined,
  groups: readonly (readonly string[])[] = [],
  name = 'model',
): RequestModel {
  if (/^\s*multipart\/form-data\b/i.test(contentType ?? '')) return createFormModel()
  const { push, members, hasOfEach } = createJsonMembers([name], MAX_MODEL_BYTES, groups)
  let isSent = false
  return {
    push(chunk) {
      isSent = true
      push(chunk)
    },
    hasOfEach: () => (isSent ? hasOfEach() : undefined),
    model() {
      const model = members[name]
      return typeof model === 'string' && model !== '' ? model : undefined
    },
  }
}

/** A call may be held back for a while, and its model with it. What is too long for a label is far below this. */
const MAX_MODEL_BYTES = 4096

/** The field's header is followed by an empty line, its value and the end of the line. */
const FIELD =
  /content-disposition: *form-data; *name="?model"?\r\n(?:[\w-]{1,40}:[^\r\n]{0,200}\r\n){0,3}\r\n([^\r\n]{1,256})\r\n/i
/** As long as what the pattern finds may be. */
const LONGEST_FIELD = 2048

/** Files of the form are passed over at the speed of the regular expression, and not kept. */
function createFormModel(): RequestModel {
  let tail = ''
  let model: string | undefined
  return {
    push(chunk) {
      if (model !== undefined) return
      const text = tail + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1')
      const found = FIELD.exec(text)?.[1]
      if (found !== undefined) model = Buffer.from(found, 'latin1').toString()
      tail = text.slice(-LONGEST_FIELD)
    },
    model: () => model,
    hasOfEach: () => (model === undefined ? undefined : true),
  }
}
