import { isCount, isJsonObject, type JsonObject } from '../json-object.ts'
import type { Agent, AgentContext, AgentReader } from './agent.ts'
import { flagOf, startsCodex } from './agent-command.ts'
import { parseLine } from './parse-line.ts'
import type { Total } from './thread-totals.ts'

const COUNTS = [
  'input_tokens',
  'cached_input_tokens',
  'cache_write_input_tokens',
  'output_tokens',
  'reasoning_output_tokens',
] as const

const NOTHING: Total = new Map()

/** The lines that are of interest. Most are items of the agent's work. */
const RELEVANT = /"type"\s*:\s*"(?:thread\.started|turn\.completed)"/

/** How many lines that are no event may come before the first event. */
const MAX_OTHER_LINES = 100

/**
 * OpenAI's Codex, as `@openai/codex-sdk` starts it: {@link https://github.com/openai/codex/tree/main/sdk/typescript}. A turn
 * ends with the counts of its thread, from the thread's beginning on, also those of turns in other processes. No line stands for a
 * call, so calls are not counted, only their tokens.
 */
export const codex: Agent = {
  name: 'Codex',
  isStartedBy: startsCodex,
  createReader: (context) => new CodexReader(context),
}

class CodexReader implements AgentReader {
  readonly #context: AgentContext
  #thread: string | undefined
  #otherLines = 0

  constructor(context: AgentContext) {
    this.#context = context
  }

  line(text: string): boolean {
    const event = this.#thread === undefined || RELEVANT.test(text) ? parseLine(text) : undefined
    if (this.#thread === undefined) return this.#onFirstLine(event)
    if (event?.type === 'turn.completed') this.#onUsage(this.#thread, readUsage(event.usage))
    return true
  }

  #onFirstLine(event: JsonObject | undefined): boolean {
    if (event === undefined) return ++this.#otherLines < MAX_OTHER_LINES
    if (event.type !== 'thread.started' || typeof event.thread_id !== 'string') return false
    this.#thread = event.thread_id
    return true
  }

  #onUsage(thread: string, total: Total): void {
    if (total.size === 0) return
    const { words, threads, countTokens } = this.#context
    const isContinued = words.includes('resume') || words.includes('fork')
    // What earlier turns used is only known if a process of this user has read of them.
    const before = threads.get(thread) ?? (isContinued ? undefined : NOTHING)
    threads.set(thread, total)
    const used = before && subtract(total, before)
    if (used === undefined) return
    countTokens({
      system: this.#findSystem(),
      requestModel: flagOf(words, ['--model', '-m']) ?? configured(words, 'model'),
      responseModel: undefined,
      inputTokens: used.get('input_tokens'),
      outputTokens: used.get('output_tokens'),
      details: new Map(
        (
          [
            ['input_cache_read', 'cached_input_tokens'],
            ['input_cache_write', 'cache_write_input_tokens'],
            ['output_reasoning', 'reasoning_output_tokens'],
          ] as const
        ).flatMap(([detail, name]) => {
          const count = used.get(name)
          return count === undefined ? [] : [[detail, count] as const]
        }),
      ),
    })
  }

  /** The command shows whether another provider than OpenAI serves the thread. */
  #findSystem(): string {
    const { words, systemOf } = this.#context
    if (words.includes('--oss') || configured(words, 'model_provider') !== undefined) return 'custom'
    const url = configured(words, 'openai_base_url')
    return url !== undefined && URL.canParse(url) ? systemOf(new URL(url).host) : 'openai'
  }
}

/** Returns the value that a command sets for a name of the configuration: `-c name="value"`. */
function configured(words: readonly string[], name: string): string | undefined {
  const pattern = new RegExp(`^(?:--config=)?${name}\\s*=\\s*["']?([^"']+)`)
  return words.map((word) => pattern.exec(word)?.[1]).findLast((value) => value !== undefined)
}

function readUsage(usage: unknown): Total {
  const counts = new Map<string, number>()
  if (!isJsonObject(usage)) return counts
  for (const name of COUNTS) {
    const count = usage[name]
    if (isCount(count)) counts.set(name, count)
  }
  return counts
}

/** Returns what was used since an earlier total; undefined if it cannot be an earlier one. A count that this lacks is left out. */
function subtract(total: Total, before: Total): Total | undefined {
  if (before === NOTHING) return total
  const used = new Map<string, number>()
  for (const [name, count] of total) {
    const earlier = before.get(name)
    if (earlier === undefined) continue
    if (count < earlier) return undefined
    used.set(name, count - earlier)
  }
  return used
}
