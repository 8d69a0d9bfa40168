import { type InstrumentationConfig, MetricsInstrumentation } from '@agentgateway-otel/metrics'
import { observe } from '@agentgateway-otel/wire'
import { diag, type Meter } from '@opentelemetry/api'
import { isAgentCommand } from './agents/agent-command.ts'
import { leaveCallMark } from './agents/call-marks.ts'
import type { CallMetrics } from './call-metrics.ts'
import { loadCalls } from './load-calls.ts'
import { listenForRecordedCalls } from './recorded-call-listener.ts'
import { VERSION } from './version.ts'
import { isWebSocket } from './web-socket.ts'

export interface LlmInstrumentationConfig extends InstrumentationConfig {
  /**
   * `gen_ai_system` for further hosts: by the end of a host's name, or by host and port. These take precedence over the
   * hosts that the package knows.
   *
   * @example { 'llm.internal': 'openai', '10.0.0.5:8000': 'vllm' }
   */
  hosts?: Readonly<Record<string, string>>
  /**
   * Is called once, for the first call given to `recordLlmCall` that cannot be counted. Default: OpenTelemetry's
   * `diag.warn`.
   */
  onProblem?: (problem: string) => void
}

/**
 * `LlmInstrumentation` records `agentgateway_llm_requests_total`, `agentgateway_llm_tokens_total` and
 * `agentgateway_llm_request_duration_seconds`, for all calls that this process makes with `fetch`, undici, `http`, `https`
 * or `http2` to an LLM API whose format is known, for those that it reports with `recordLlmCall`, and for those of agents that
 * it starts.
 */
export class LlmInstrumentation extends MetricsInstrumentation<LlmInstrumentationConfig> {
  #countHeldCalls: (() => void) | undefined

  constructor(config: LlmInstrumentationConfig = {}) {
    super('@agentgateway-otel/instrumentation-llm', VERSION, config)
  }

  /**
   * Counts the calls that wait for more to come, as they stand: those whose SDK may try again, and those that go on in the
   * background at their provider. What still comes of them is not counted again.
   */
  countHeldCalls(): void {
    this.#countHeldCalls?.()
  }

  protected start(meter: Meter, config: LlmInstrumentationConfig): () => void {
    const { hosts = {}, onProblem = (problem) => diag.warn(problem) } = config
    let calls: CallMetrics | undefined
    const getCalls = () => {
      calls ??= loadCalls()(meter, toSystems(hosts), config)
      return calls
    }
    // Whoever started an agent looks for its mark before counting what the agent reports.
    let needsMark = isAgentCommand(process.argv)
    function marked<T>(listener: T | undefined): T | undefined {
      if (needsMark && listener !== undefined) {
        needsMark = false
        leaveCallMark()
      }
      return listener
    }
    const flush = () => calls?.flush()
    this.#countHeldCalls = flush
    const stopObserving = observe({
      // Before the first POST or WebSocket there is no call whose other requests could be of interest.
      clientExchange(exchange) {
        if (calls === undefined && exchange.method !== 'POST' && !isWebSocket(exchange)) return undefined
        return marked(getCalls().observe(exchange))
      },
      child: (child) => (isAgentCommand(child.command) ? marked(getCalls().observeChild(child)) : undefined),
    })
    const stopListening = listenForRecordedCalls((call) => getCalls().record(call), onProblem)
    return () => {
      stopObserving()
      stopListening()
      flush()
    }
  }
}

const toSystems = (hosts: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(hosts).map(([host, system]) => [host.toLowerCase(), system]))
