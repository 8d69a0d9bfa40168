import { createNdjsonParser, type OutputListener, type StartedChild } from '@agentgateway-otel/wire'
import type { CountedCall } from '../call-record.ts'
import type { Systems } from '../systems.ts'
import type { AgentCall, AgentContext, AgentReader, AgentTokens } from './agent.ts'
import { wordsOf } from './agent-command.ts'
import { hasCallMark } from './call-marks.ts'
import { AGENTS } from './index.ts'
import { createThreadTotals } from './thread-totals.ts'

/** The longest line that is read, in UTF-16 code units. */
const MAX_LINE_LENGTH = 8 * 1024 * 1024

/** What is done with what agents report. */
interface Counting {
  readonly systems: Systems
  countCall(call: CountedCall): void
  countTokens(call: CountedCall): void
}

/** Returns what listens to children that may be agents. */
export function createAgentListeners(counting: Counting): (child: StartedChild) => OutputListener | undefined {
  const threads = createThreadTotals()
  return (child) => {
    const words = wordsOf(child.command)
    const readers = AGENTS.filter((agent) => agent.isStartedBy(words)).map((agent) =>
      agent.createReader(createContext(child, words, threads, counting)),
    )
    return readers.length === 0 ? undefined : new AgentListener(readers)
  }
}

function createContext(
  child: StartedChild,
  words: readonly string[],
  threads: AgentContext['threads'],
  counting: Counting,
): AgentContext {
  let countsItself: boolean | undefined
  /** Whether the child is left alone, because it has this instrumentation too and counts its calls itself. */
  function isLeftAlone(): boolean {
    // By the time that a child reports a call, it has made one.
    countsItself ??= hasCallMark(child)
    return countsItself
  }
  return {
    words,
    threads,
    systemOf: counting.systems.of,
    countCall: (call) => isLeftAlone() || counting.countCall(toRecord(call)),
    countTokens: (tokens) => isLeftAlone() || counting.countTokens({ ...toRecord(tokens), isSum: true }),
  }
}

const toRecord = (reported: AgentCall | AgentTokens): CountedCall => ({
  operation: 'chat',
  errorType: '',
  usage: 'reported',
  inputTokens: undefined,
  outputTokens: undefined,
  durationSeconds: undefined,
  ...reported,
})

/** Listens to the stdout of a child, and hands its lines to the agents whose command it was started with. */
class AgentListener implements OutputListener {
  #readers: readonly AgentReader[]
  readonly #lines = createNdjsonParser((line) => {
    this.#readers = this.#readers.filter((reader) => reader.line(line))
  }, MAX_LINE_LENGTH)

  constructor(readers: readonly AgentReader[]) {
    this.#readers = readers
  }

  output(chunk: Uint8Array): boolean {
    this.#lines.push(chunk)
    return this.#readers.length > 0
  }

  end(): void {
    this.#lines.end()
    for (const reader of this.#readers) reader.end?.()
  }
}
