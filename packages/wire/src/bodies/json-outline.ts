import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  endOfString,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './json-text.ts'

/** Leaves out of JSON text, as it passes, what does not matter here, so that what is left is small and cheap to parse. */
export interface JsonOutline {
  /** Bytes of the text, cut anywhere. */
  push(chunk: Uint8Array): void
  /** Begins anew, with another text; its depth is that of the one before unless another is given. */
  reset(depth?: number): void
  /** The outermost object or array has ended. */
  readonly isClosed: boolean
}

/** Names and ids are kept whole up to here, longer strings are cut, in bytes. */
const MAX_STRING = 1024

/** Of what is beyond, only a message and its `params` or `result` are kept, in bytes of the outline. */
const MAX_DEEP = 64 * 1024
const ESSENTIAL_DEPTH = 2

const LETTER_U = 0x75

/** What was begun by a backslash: something that is one byte more, or four after `u`. */
const [ESCAPE, UNICODE_ESCAPE] = [5, 4]

/**
 * A tool's answer may be an image of megabytes, or a list of a hundred schemas: parsing all of it for its id would hold
 * up the app. What was JSON stays JSON; nothing else is checked.
 *
 * @param emit gets what is kept; the bytes are parts of the chunk that was pushed
 * @param depth how deep objects and arrays keep their content, not counting a batch around them; deeper ones are emptied,
 *   and when much has been kept, deep ones are cut short
 */
export function createJsonOutline(emit: (bytes: Uint8Array) => void, depth: number): JsonOutline {
  const state = initialState(depth)

  function push(chunk: Uint8Array): void {
    // Read and written a few times a byte: as variables of this function they are registers.
    let { open, keptDepth, essentialDepth, keptBytes, isKept, isInString, stringLength, escapeLeft, isClosed } = state
    let from = 0

    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number
      if (isInString) {
        if (isKept && stringLength >= MAX_STRING && escapeLeft === 0 && byte !== QUOTE) {
          if (i > from) emit(chunk.subarray(from, i))
          keptBytes += i - from
          isKept = false
        }
        if (isKept) {
          stringLength++
          if (escapeLeft === ESCAPE) escapeLeft = byte === LETTER_U ? UNICODE_ESCAPE : 0
          else if (escapeLeft > 0) escapeLeft--
          else if (byte === BACKSLASH) escapeLeft = ESCAPE
          else if (byte === QUOTE) isInString = false
        } else if (escapeLeft > 0) {
          escapeLeft = 0
        } else {
          // Most bytes of a large body are passed over here.
          i = endOfString(chunk, i)
          isInString = i >= chunk.length
          escapeLeft = i > chunk.length ? 1 : 0
        }
        if (isInString) continue
      } else if (byte === QUOTE) {
        isInString = open > 0
        stringLength = 0
        continue
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (open === 0) {
          const batch = byte === OPEN_BRACKET ? 1 : 0
          keptDepth = depth + batch
          essentialDepth = ESSENTIAL_DEPTH + batch
        }
        open++
        if (isKept && open > keptDepth) {
          emit(chunk.subarray(from, i + 1))
          keptBytes += i + 1 - from
          isKept = false
        }
        continue
      } else if (byte === COMMA) {
        if (isKept && open > essentialDepth && keptBytes + i - from > MAX_DEEP) {
          // The rest of this object or array is left out, and of what is around it, all that is as deep.
          if (i > from) emit(chunk.subarray(from, i))
          keptBytes += i - from
          isKept = false
          keptDepth = open - 1
        }
        continue
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        open = Math.max(0, open - 1)
        if (open === 0) isClosed = true
      } else {
        continue
      }
      // A string, an object or an array ended here.
      if (!isKept && open <= keptDepth) {
        isKept = true
        from = i
      }
    }
    if (isKept && from < chunk.length) {
      emit(chunk.subarray(from))
      keptBytes += chunk.length - from
    }
    state.open = open
    state.keptDepth = keptDepth
    state.essentialDepth = essentialDepth
    state.keptBytes = keptBytes
    state.isKept = isKept
    state.isInString = isInString
    state.stringLength = stringLength
    state.escapeLeft = escapeLeft
    state.isClosed = isClosed
  }

  return {
    push,
    reset: (depth = state.depth) => void Object.assign(state, initialState(depth)),
    get isClosed() {
      return state.isClosed
    },
  }
}

const initialState = (depth: number) => ({
  depth,
  /** How many objects and arrays are open, and up to how many are kept. */
  open: 0,
  keptDepth: depth,
  essentialDepth: ESSENTIAL_DEPTH,
  keptBytes: 0,
  isKept: true,
  isInString: false,
  stringLength: 0,
  /** How many bytes are left of an escape; within a string that is left out, 1 stands for any. */
  escapeLeft: 0,
  isClosed: false,
})

const LF = 0x0a

/**
 * The same for lines: each is a text of its own, whatever became of the one before. Line feeds are given apart.
 *
 * @param depth is called at the end of a line for the depth of the next one
 */
export function createLinesOutline(emit: (bytes: Uint8Array) => void, depth: () => number): Pick<JsonOutline, 'push'> {
  const line = createJsonOutline(emit, depth())

  function push(chunk: Uint8Array): void {
    let from = 0
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      line.push(chunk.subarray(from, end))
      emit(chunk.subarray(end, end + 1))
      line.reset(depth())
      from = end + 1
    }
    line.push(chunk.subarray(from))
  }

  return { push }
}
