import { createJsonMembers } from '@agentgateway-otel/wire'
import { member } from './json-object.ts'

/** Reads the model's name from a request's body as it is sent, and whether the body has the members of a format. */
export interface RequestBodyReader {
  readonly push: (chunk: Uint8Array) => void
  /** Returns the model's name, if it has been sent so far. */
  model(): string | undefined
  /** Returns whether at least one member of each group has been sent so far; undefined if nothing was sent. */
  hasRequestMembers(): boolean | undefined
}

const DEFAULT_PATH = ['model']

/**
 * @param contentType the request's content type: JSON, or a form with files
 * @param groups the groups of members for `hasRequestMembers`. In a form, only the model is looked for.
 * @param modelPath where JSON has the model's name, as `Format.requestModel` has it
 */
export function createRequestBodyReader(
  contentType: string | undefined,
  groups: readonly (readonly string[])[] = [],
  modelPath?: string,
): RequestBodyReader {
  if (/^\s*multipart\/form-data\b/i.test(contentType ?? '')) return createFormReader()
  const path = modelPath?.split('.') ?? DEFAULT_PATH
  const { push, members, hasOfEach } = createJsonMembers([path[0] as string], MAX_MODEL_BYTES, groups)
  let isSent = false
  return {
    push(chunk) {
      isSent = true
      push(chunk)
    },
    hasRequestMembers: () => (isSent ? hasOfEach() : undefined),
    model() {
      const model = path.reduce<unknown>(member, members)
      return typeof model === 'string' && model !== '' ? model : undefined
    },
  }
}

/**
 * The longest member that is kept to read the model from. A call may be held for a while, and its model's name with it.
 * Names that are too long for a label are far shorter than this.
 */
const MAX_MODEL_BYTES = 4096

/** In a form, the field's header is followed by an empty line, the value and a line break. */
const MODEL_FIELD =
  /content-disposition: *form-data; *name="?model"?\r\n(?:[\w-]{1,40}:[^\r\n]{0,200}\r\n){0,3}\r\n([^\r\n]{1,256})\r\n/i
/** How long a match of `MODEL_FIELD` may be, in bytes. */
const LONGEST_FIELD = 2048

/** Reads a form. Its files pass at the speed of the regular expression and are not kept. */
function createFormReader(): RequestBodyReader {
  let tail = ''
  let model: string | undefined
  return {
    push(chunk) {
      if (model !== undefined) return
      const text = tail + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1')
      const value = MODEL_FIELD.exec(text)?.[1]
      if (value !== undefined) model = Buffer.from(value, 'latin1').toString()
      tail = text.slice(-LONGEST_FIELD)
    },
    model: () => model,
    hasRequestMembers: () => (model === undefined ? undefined : true),
  }
}
