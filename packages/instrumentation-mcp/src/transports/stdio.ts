import { createBodyCollector, createLinesOutline, type PipeListener } from '@agentgateway-otel/wire'
import { evidenceIn } from '../evidence.ts'
import {
  type ClientMessage,
  EVIDENCE_DEPTH,
  type McpResponse,
  MESSAGE_DEPTH,
  RESPONSE_DEPTH,
  readMessages,
  serverNameIn,
} from '../json-rpc.ts'
import type { Status } from '../label-values.ts'
import { type OutcomeListener, PendingRequests } from '../pending-requests.ts'
import type { CountMessage } from '../request-counter.ts'
import { type ConnectionSessions, createConnectionSessions } from '../sessions.ts'
import { LF, mayBeJson } from './may-be-json.ts'
import type { TransportContext, TransportDefinition } from './transport.ts'

/**
 * MCP over stdio: each line is a message. The first lines that a client sends show whether a pipe carries MCP, and other pipes are
 * no longer observed once that is known.
 */
export const stdio: TransportDefinition = {
  name: 'stdio',
  create(context: TransportContext) {
    const { count, now } = context
    const sessions = createConnectionSessions(context)
    return {
      openSessions: sessions.count,
      pipe: ({ beginning }) => (mayBeJson(beginning) ? new StdioListener(count, sessions, now) : undefined),
    }
  },
}

/** How many requests may wait for a response. Beyond, the oldest counts as having none. */
const MAX_PENDING = 10_000

/** How many messages that other protocols have too may pass before one has to prove that the pipe carries MCP. */
const MAX_UNPROVEN = 16

/** A JSON-RPC message shows that it is one within so many bytes. */
const HEAD_BYTES = 1024

type Outcome = readonly [message: ClientMessage, status: Status, response: McpResponse | undefined]

class StdioListener implements PipeListener, OutcomeListener {
  readonly #countMessage: CountMessage
  readonly #sessions: ConnectionSessions
  readonly #now: () => number
  readonly #requests = new PendingRequests(this, MAX_PENDING)
  /** Whether the pipe carries, or may carry, MCP; undefined until the first message has been read. */
  #mayBeMcp: boolean | undefined
  /** The outcomes to count once a message proves that this is MCP; undefined when one has. */
  #unproven: Outcome[] | undefined = []
  #messageCount = 0
  /** The beginning of the first line; undefined when it has been checked. */
  #head: string | undefined = ''
  #endSession: (() => void) | undefined
  #hasInputEnded = false
  #server: string | undefined
  readonly #readInput = createLineReader(
    (line) => this.#onInputLine(line),
    () => (this.#unproven === undefined ? MESSAGE_DEPTH : EVIDENCE_DEPTH),
  )
  readonly #readOutput = createLineReader(
    (line) => {
      for (const response of readMessages(line, this.#now()).responses) this.#requests.resolve(response)
    },
    () => RESPONSE_DEPTH,
  )

  constructor(count: CountMessage, sessions: ConnectionSessions, now: () => number) {
    this.#countMessage = count
    this.#now = now
    this.#sessions = sessions
  }

  input(chunk: Uint8Array): boolean | undefined {
    if (this.#head !== undefined && !this.#mayBeMessage(this.#head, chunk)) return false
    this.#readInput(chunk)
    return this.#mayBeMcp
  }

  /** Checks the beginning of the first line, so that a large document of JSON is not read to its end. */
  #mayBeMessage(head: string, chunk: Uint8Array): boolean {
    const text =
      head +
      Buffer.from(chunk.subarray(0, HEAD_BYTES))
        .toString('latin1')
        .replace(/^[\r\n]+/, '')
    const isComplete = text.length >= HEAD_BYTES || text.includes('\n')
    this.#head = isComplete ? undefined : text
    return !isComplete || text.includes('"jsonrpc"') || text.includes('"method"')
  }

  #onInputLine(line: string): void {
    if (this.#mayBeMcp === false) return
    const { clientMessages } = readMessages(line, this.#now())
    if (this.#unproven !== undefined && !this.#checkEvidence(clientMessages)) return
    for (const message of clientMessages) this.#onClientMessage(message)
  }

  /** Decides whether the pipe may still carry MCP, by the messages of one line. */
  #checkEvidence(messages: readonly ClientMessage[]): boolean {
    const evidence = evidenceIn(messages)
    this.#messageCount += messages.length
    const isOther = evidence === 'other' && (messages.length > 0 || this.#mayBeMcp === undefined)
    if (isOther || (evidence === 'shared' && this.#messageCount > MAX_UNPROVEN)) {
      this.#mayBeMcp = false
      this.#requests.clear()
      this.#unproven = []
      return false
    }
    this.#mayBeMcp = true
    if (evidence === 'mcp') this.#beginSession()
    return true
  }

  /** The pipe carries MCP: begins the session, and counts what was held back. */
  #beginSession(): void {
    const unproven = this.#unproven ?? []
    this.#unproven = undefined
    if (!this.#hasInputEnded) this.#endSession = this.#sessions.begin()
    for (const outcome of unproven) this.onOutcome(...outcome)
  }

  #onClientMessage(message: ClientMessage): void {
    this.#requests.cancel(message.cancels)
    if (message.id === undefined) this.onOutcome(message, 'none')
    else this.#requests.add(message)
  }

  onOutcome(message: ClientMessage, status: Status, response?: McpResponse): void {
    if (this.#unproven !== undefined) {
      this.#unproven.push([message, status, response])
      return
    }
    this.#server = serverNameIn(message, response) ?? this.#server
    this.#countMessage(message, status, response, this.#server, response?.endMs)
  }

  output(chunk: Uint8Array): void {
    this.#readOutput(chunk)
  }

  /** The session ends, but responses may still come: a client may send everything, close the input, and then read. */
  inputEnd(): void {
    this.#hasInputEnded = true
    this.#endSession?.()
  }

  end(): void {
    if (this.#unproven === undefined) this.#requests.end('none')
  }
}

/** A line is skipped if its outline is longer than this, in bytes. */
const MAX_LINE_BYTES = 1024 * 1024

/** @param depth returns how deep the outline of the next line has to be */
function createLineReader(onLine: (line: string) => void, depth: () => number): (chunk: Uint8Array) => void {
  let line = createBodyCollector(MAX_LINE_BYTES)
  const outline = createLinesOutline((bytes) => {
    if (bytes[0] !== LF) {
      line.push(bytes)
      return
    }
    const text = line.text()?.trim()
    line = createBodyCollector(MAX_LINE_BYTES)
    if (text) onLine(text)
  }, depth)
  return (chunk) => outline.push(chunk)
}
