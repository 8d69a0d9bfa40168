import type { TokenCounts } from '../call-record.ts'
import { isCount, isJsonObject, type JsonObject, member } from '../json-object.ts'
import { toLabel } from '../llm-response.ts'
import type { Agent, AgentContext, AgentReader } from './agent.ts'
import { startsClaudeCode } from './agent-command.ts'
import { type ModelUsage, readModelUsages, subtract } from './claude-usage.ts'
import { parseLine } from './parse-line.ts'

/** The lines that are of interest: what a model has responded, what a turn has used, and the beginning. */
const RELEVANT = /"type":"(?:assistant|result)"|"subtype":"init"/

/** How many lines may come before the one that shows that they are Claude Code's. */
const MAX_UNPROVEN_LINES = 1000

/** How many calls of one turn are kept until its end. Those beyond are not counted. */
const MAX_CALLS = 10_000

/** How many calls are remembered after they have been counted, because more of their content may come. */
const MAX_COUNTED = 1000

/** The flags after which a child continues a session, whose earlier usage its first total contains. */
const CONTINUES = /^(?:--resume|--continue|--fork-session|--from-pr|--teleport|-r|-c)(?:=|$)/

/** What Claude Code calls the models' providers, as `gen_ai_system` has them. */
const SYSTEMS: Readonly<Record<string, string>> = {
  firstParty: 'anthropic',
  anthropicAws: 'anthropic',
  anthropicGoogleCloud: 'anthropic',
  bedrock: 'aws.bedrock',
  mantle: 'aws.bedrock',
  vertex: 'gcp.vertex_ai',
  foundry: 'azure',
}

/** A call that a line has shown, until the end of its turn. */
interface Call {
  /** The sub-agent that made it; null is the main one. */
  readonly lane: unknown
  readonly responseModel: string | undefined
  readonly inputTokens: number | undefined
  /** Whether a line has said that it was cut. */
  isAborted: boolean
  /** Set if the call failed: there was no response. */
  readonly errorType?: string
}

/**
 * Claude Code, as `@anthropic-ai/claude-agent-sdk` starts it: {@link https://code.claude.com/docs/en/agent-sdk/typescript}.
 *
 * A line `assistant` has one block of a model's response, so all lines with one message's id are one call. Its input is final, its
 * output is not. A line `result` ends a turn, and has what each model used: `model_usage_since_last_result`, or in older versions
 * only `modelUsage`, the total of the session. They contain the sub-agents and the calls that no line shows, such as those that
 * compact a conversation. So calls are counted by the former and tokens by the latter.
 */
export const claudeCode: Agent = {
  name: 'Claude Code',
  isStartedBy: startsClaudeCode,
  createReader: (context) => new ClaudeCodeReader(context),
}

class ClaudeCodeReader implements AgentReader {
  readonly #context: AgentContext
  readonly #isContinued: boolean
  /** How many lines have come without a proof; undefined when one has. */
  #unproven: number | undefined = 0
  #isOtherHost = false
  /** The model that the main agent asks for. */
  #model: string | undefined
  readonly #calls = new Map<string, Call>()
  /** The keys of the last calls that were counted. */
  readonly #counted = new Set<string>()
  /** The total of the session at the last result. */
  #total: { readonly session: unknown; readonly usages: ReadonlyMap<string, ModelUsage> } | undefined

  constructor(context: AgentContext) {
    this.#context = context
    this.#isContinued = context.words.some((word) => CONTINUES.test(word))
  }

  line(text: string): boolean {
    if (RELEVANT.test(text)) {
      const message = parseLine(text)
      if (message !== undefined) this.#onMessage(message)
    }
    return this.#unproven === undefined || ++this.#unproven < MAX_UNPROVEN_LINES
  }

  #onMessage(message: JsonObject): void {
    if (message.type === 'system' && message.subtype === 'init') this.#onInit(message)
    else if (this.#unproven !== undefined) return
    else if (message.type === 'assistant') this.#onAssistant(message)
    else if (message.type === 'result') this.#onResult(message)
  }

  #onInit({ claude_code_version: version, model, served_by_anthropic: isAnthropic }: JsonObject): void {
    if (typeof version !== 'string') return
    this.#unproven = undefined
    if (typeof model === 'string') this.#model = toModel(model)
    this.#isOtherHost = isAnthropic === false
  }

  #onAssistant(line: JsonObject): void {
    const { message, request_id: requestId, parent_tool_use_id: lane = null } = line
    if (!isJsonObject(message) || typeof message.id !== 'string') return
    const key = `${message.id} ${requestId}`
    const known = this.#calls.get(key)
    if (known !== undefined) known.isAborted ||= line.aborted === true
    if (known !== undefined || this.#counted.has(key) || this.#calls.size === MAX_CALLS) return
    const failure = line.api_error_status ?? line.api_error_type ?? line.api_error
    if (typeof message.model === 'string' && message.model !== SYNTHETIC) {
      const inputTokens = inputOf(message.usage)
      this.#calls.set(key, { lane, responseModel: message.model, inputTokens, isAborted: line.aborted === true })
    } else if (line.is_api_error_message === true && failure !== undefined && failure !== null) {
      const errorType = toLabel(failure) || 'unknown'
      this.#calls.set(key, { lane, responseModel: undefined, inputTokens: undefined, isAborted: false, errorType })
    }
  }

  #onResult(result: JsonObject): void {
    const isCut = result.terminal_reason === 'aborted_streaming'
    const total = readModelUsages(result.modelUsage)
    const used = readModelUsages(result.model_usage_since_last_result) ?? this.#usedSince(total, result)
    this.#total = { session: result.session_id, usages: total ?? new Map() }
    // A turn that used nothing may have failed calls.
    const models = used === undefined || used.size === 0 ? this.#mainModel : { names: [...used.keys()], areAll: true }
    for (const [name, usage] of used ?? []) {
      const { inputTokens, details, provider } = usage
      // The output of a call that was cut is an estimate. What the main agent's other calls put out is known.
      const ofMainAgent = used?.size === 1 ? member(result.usage, 'output_tokens') : undefined
      const outputTokens = !isCut ? usage.outputTokens : isCount(ofMainAgent) ? ofMainAgent : undefined
      this.#context.countTokens({
        system: this.#systemOf(provider),
        requestModel: toModel(name),
        responseModel: this.#responseModelOf(name, models),
        inputTokens,
        outputTokens,
        details: isCut ? inputDetails(details) : details,
      })
    }
    const [first] = used?.values() ?? []
    const cut = isCut ? this.#lastCalls().get(null) : undefined
    this.#countCalls(models, first?.provider, (call) => call === cut)
  }

  /** Returns what was used since the last result; undefined if that is not known. */
  #usedSince(
    total: ReadonlyMap<string, ModelUsage> | undefined,
    { session_id: session, usage }: JsonObject,
  ): ReadonlyMap<string, ModelUsage> | undefined {
    if (this.#total?.session === session && this.#total !== undefined) return subtract(total, this.#total.usages)
    if (this.#total !== undefined || !this.#isContinued) return total
    // The total may contain what was used in other processes. This turn's usage is that of the main agent alone.
    const models = new Set(
      [...this.#calls.values()].filter(({ lane }) => lane === null).map((call) => call.responseModel),
    )
    if (models.size !== 1 || this.#model === undefined || !isJsonObject(usage)) return undefined
    return readModelUsages({
      [this.#model]: {
        inputTokens: usage.input_tokens,
        cacheReadInputTokens: usage.cache_read_input_tokens,
        cacheCreationInputTokens: usage.cache_creation_input_tokens,
        outputTokens: usage.output_tokens,
        thinkingTokens: member(usage.output_tokens_details, 'thinking_tokens'),
      },
    })
  }

  #countCalls(models: Models, provider: unknown, isAborted: (call: Call) => boolean): void {
    for (const [key, call] of this.#calls) {
      const { errorType, responseModel } = call
      this.#context.countCall({
        system: this.#systemOf(provider),
        requestModel: errorType === undefined ? requestModelOf(responseModel, models) : this.#model,
        responseModel,
        errorType: errorType ?? (call.isAborted || isAborted(call) ? 'aborted' : ''),
        usage: errorType === undefined ? 'reported' : 'none',
      })
      this.#counted.add(key)
      if (this.#counted.size > MAX_COUNTED) this.#counted.delete(this.#counted.values().next().value as string)
    }
    this.#calls.clear()
  }

  /** Without a result only the inputs are known of the calls that the lines have shown. */
  end(): void {
    const models = this.#mainModel
    for (const { responseModel, inputTokens } of this.#calls.values()) {
      if (inputTokens === undefined) continue
      const requestModel = requestModelOf(responseModel, models)
      const system = this.#systemOf(undefined)
      this.#context.countTokens({ system, requestModel, responseModel, inputTokens, outputTokens: undefined })
    }
    const lastCalls = this.#lastCalls()
    this.#countCalls(models, undefined, (call) => call === lastCalls.get(call.lane))
  }

  /** The last call of the main agent and of each sub-agent. Only of these it is not known whether they were complete. */
  #lastCalls(): ReadonlyMap<unknown, Call> {
    return new Map([...this.#calls.values()].map((call) => [call.lane, call]))
  }

  /** Returns the model that has responded to all calls for a model that the lines show, if it was one. */
  #responseModelOf(name: string, models: Models): string | undefined {
    const responseModels = new Set<string>()
    for (const { responseModel } of this.#calls.values()) {
      if (responseModel !== undefined && requestModelOf(responseModel, models) === toModel(name))
        responseModels.add(responseModel)
    }
    return responseModels.size === 1 ? [...responseModels][0] : undefined
  }

  get #mainModel(): Models {
    return { names: this.#model === undefined ? [] : [this.#model], areAll: false }
  }

  #systemOf(provider: unknown): string {
    if (this.#isOtherHost) return 'custom'
    return SYSTEMS[provider === undefined ? 'firstParty' : String(provider)] ?? 'custom'
  }
}

/** The model of messages that Claude Code has written itself. */
const SYNTHETIC = '<synthetic>'

/** Claude Code marks a model with a long context. The API gets the name without the mark. */
const toModel = (name: string) => name.replace(/\[\w+\]$/, '')

/** Models that were asked for. */
interface Models {
  readonly names: readonly string[]
  /** Whether no other was. */
  readonly areAll: boolean
}

/** Returns which of the models was asked for, if the name of the one that has responded shows it: it is that name, or longer. */
function requestModelOf(responseModel: string | undefined, { names, areAll }: Models): string | undefined {
  const models = names.map(toModel)
  const matching = models.filter((model) => responseModel?.startsWith(model))
  if (matching.length === 0) return areAll && models.length === 1 ? models[0] : undefined
  return matching.reduce((longest, model) => (model.length > longest.length ? model : longest))
}

const inputDetails = (details: TokenCounts['details']): TokenCounts['details'] =>
  new Map([...(details ?? [])].filter(([name]) => name.startsWith('input')))

function inputOf(usage: unknown): number | undefined {
  const counts = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'].map((name) =>
    member(usage, name),
  )
  return counts.every(isCount) ? counts.reduce((sum, count) => sum + count, 0) : undefined
}
