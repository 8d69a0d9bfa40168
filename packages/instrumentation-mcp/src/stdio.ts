import { createBodyCollector, type Pipe, type PipeListener } from '@agentgateway-otel/wire'
import { createLinesOutline } from './json-outline.ts'
import { ANSWER_DEPTH, type Answer, beginsConversation, CALL_DEPTH, type Call, readMessages } from './json-rpc.ts'
import type { OpenSessions } from './open-sessions.ts'
import { createPendingCalls } from './pending-calls.ts'
import type { CountCall, Status } from './requests.ts'

/** MCP over stdio, from either end: a line is a message. Pipes whose first line begins no conversation are left alone. */
export function watchStdio(count: CountCall, sessions: OpenSessions) {
  return ({ firstLine }: Pipe): PipeListener | undefined =>
    beginsConversation(firstLine) ? new StdioListener(count, sessions.begin()) : undefined
}

/** How many requests may wait at a time. */
const MAX_PENDING = 10_000

class StdioListener implements PipeListener {
  readonly #count: CountCall
  readonly #endSession: () => void
  readonly #requests = createPendingCalls((call, status, answer) => this.#tell(call, status, answer), MAX_PENDING)
  #server: string | undefined
  readonly #readInput = createLineReader(CALL_DEPTH, (line) => {
    for (const call of readMessages(line).calls) this.#called(call)
  })
  readonly #readOutput = createLineReader(ANSWER_DEPTH, (line) => {
    for (const answer of readMessages(line).answers) this.#requests.answer(answer)
  })

  constructor(count: CountCall, endSession: () => void) {
    this.#count = count
    this.#endSession = endSession
  }

  #called(call: Call): void {
    this.#requests.cancel(call.cancels)
    if (call.id === undefined) this.#tell(call, 'none')
    else this.#requests.add(call)
  }

  #tell(call: Call, status: Status, answer?: Answer): void {
    this.#server = answer?.serverName ?? this.#server
    this.#count(call, status, answer, this.#server)
  }

  input(chunk: Uint8Array): void {
    this.#readInput(chunk)
  }

  output(chunk: Uint8Array): void {
    this.#readOutput(chunk)
  }

  /** Answers may still come: a client may say all at once, and then listen. */
  inputEnd(): void {
    this.#endSession()
  }

  end(): void {
    this.#requests.end('none')
  }
}

const LF = 0x0a

/** A line whose outline is longer is passed over, in bytes. */
const MAX_LINE = 1024 * 1024

function createLineReader(depth: number, onLine: (line: string) => void): (chunk: Uint8Array) => void {
  let line = createBodyCollector(MAX_LINE)
  return createLinesOutline((bytes) => {
    if (bytes[0] !== LF) {
      line.push(bytes)
      return
    }
    const text = line.text()
    line = createBodyCollector(MAX_LINE)
    if (text) onLine(text)
  }, depth).push
}
