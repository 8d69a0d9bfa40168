import { createBodyCollector, createLinesOutline, type Pipe, type PipeListener } from '@agentgateway-otel/wire'
import { evidenceIn } from '../evidence.ts'
import {
  ANSWER_DEPTH,
  type Answer,
  CALL_DEPTH,
  type Call,
  PROOF_DEPTH,
  readMessages,
  serverNameIn,
} from '../json-rpc.ts'
import type { OpenSessions } from '../open-sessions.ts'
import { createPendingCalls } from '../pending-calls.ts'
import type { CountCall, Status } from '../request-counter.ts'

/**
 * MCP over stdio, from either end: a line is a message. Whether it is MCP, a client's first lines say; other pipes are
 * left alone as soon as that is known.
 */
export function watchStdio(count: CountCall, sessions: OpenSessions) {
  return ({ beginning }: Pipe): PipeListener | undefined =>
    isJson(beginning) ? new StdioListener(count, sessions) : undefined
}

const [OPEN_BRACE, OPEN_BRACKET, CR, LF] = [0x7b, 0x5b, 0x0d, 0x0a]

/** Whether it may be JSON of an object or an array, without white space before it, or with nothing but empty lines. */
function isJson(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte !== LF && byte !== CR)
  return first === undefined || first === OPEN_BRACE || first === OPEN_BRACKET
}

/** How many requests may wait at a time. */
const MAX_PENDING = 10_000

/** How many messages may pass that MCP has in common with others, before one must prove that it is MCP. */
const MAX_UNPROVEN = 16

/** Within so many bytes, a message of JSON-RPC says that it is one. */
const HEAD_BYTES = 1024

type Told = readonly [call: Call, status: Status, answer: Answer | undefined]

class StdioListener implements PipeListener {
  readonly #count: CountCall
  readonly #sessions: OpenSessions
  readonly #requests = createPendingCalls((call, status, answer) => this.#tell(call, status, answer), MAX_PENDING)
  /** Undefined until the first message is read; then whether it is, or may be, MCP. */
  #verdict: boolean | undefined
  /** What is to be counted once there is a proof; undefined when there is one. */
  #unproven: Told[] | undefined = []
  #messages = 0
  #head: string | undefined = ''
  #endSession: (() => void) | undefined
  #inputEnded = false
  #server: string | undefined
  readonly #readInput = createLineReader(
    (line) => this.#said(line),
    () => (this.#unproven === undefined ? CALL_DEPTH : PROOF_DEPTH),
  )
  readonly #readOutput = createLineReader(
    (line) => {
      for (const answer of readMessages(line).answers) this.#requests.answer(answer)
    },
    () => ANSWER_DEPTH,
  )

  constructor(count: CountCall, sessions: OpenSessions) {
    this.#count = count
    this.#sessions = sessions
  }

  input(chunk: Uint8Array): boolean | undefined {
    if (this.#head !== undefined && !this.#mayBeMessage(this.#head, chunk)) return false
    this.#readInput(chunk)
    return this.#verdict
  }

  /** Looks at the beginning of the first line, so that a large document of JSON is let go early. */
  #mayBeMessage(head: string, chunk: Uint8Array): boolean {
    const text =
      head +
      Buffer.from(chunk.subarray(0, HEAD_BYTES))
        .toString('latin1')
        .replace(/^[\r\n]+/, '')
    const isWhole = text.length >= HEAD_BYTES || text.includes('\n')
    this.#head = isWhole ? undefined : text
    return !isWhole || text.includes('"jsonrpc"') || text.includes('"method"')
  }

  #said(line: string): void {
    if (this.#verdict === false) return
    const { calls } = readMessages(line)
    if (this.#unproven !== undefined && !this.#weigh(calls)) return
    for (const call of calls) this.#called(call)
  }

  /** Decides by what a client says before it is known to be MCP's. */
  #weigh(calls: readonly Call[]): boolean {
    const evidence = evidenceIn(calls)
    this.#messages += calls.length
    const isOther = evidence === 'other' && (calls.length > 0 || this.#verdict === undefined)
    if (isOther || (evidence === 'open' && this.#messages > MAX_UNPROVEN)) {
      this.#verdict = false
      this.#requests.drop()
      this.#unproven = []
      return false
    }
    this.#verdict = true
    if (evidence === 'mcp') this.#prove()
    return true
  }

  #prove(): void {
    const unproven = this.#unproven ?? []
    this.#unproven = undefined
    if (!this.#inputEnded) this.#endSession = this.#sessions.begin()
    for (const [call, status, answer] of unproven) this.#tell(call, status, answer)
  }

  #called(call: Call): void {
    this.#requests.cancel(call.cancels)
    if (call.id === undefined) this.#tell(call, 'none')
    else this.#requests.add(call)
  }

  #tell(call: Call, status: Status, answer?: Answer): void {
    if (this.#unproven !== undefined) {
      this.#unproven.push([call, status, answer])
      return
    }
    this.#server = serverNameIn(call, answer) ?? this.#server
    this.#count(call, status, answer, this.#server)
  }

  output(chunk: Uint8Array): void {
    this.#readOutput(chunk)
  }

  /** Answers may still come: a client may say all at once, and then listen. */
  inputEnd(): void {
    this.#inputEnded = true
    this.#endSession?.()
  }

  end(): void {
    if (this.#unproven === undefined) this.#requests.end('none')
  }
}

/** A line whose outline is longer is passed over, in bytes. */
const MAX_LINE = 1024 * 1024

function createLineReader(onLine: (line: string) => void, depth: () => number): (chunk: Uint8Array) => void {
  let line = createBodyCollector(MAX_LINE)
  return createLinesOutline((bytes) => {
    if (bytes[0] !== LF) {
      line.push(bytes)
      return
    }
    const text = line.text()?.trim()
    line = createBodyCollector(MAX_LINE)
    if (text) onLine(text)
  }, depth).push
}
