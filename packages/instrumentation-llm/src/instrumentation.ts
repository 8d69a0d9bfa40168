import { type InstrumentationConfig, MetricsInstrumentation } from '@agentgateway-otel/metrics'
import { observe } from '@agentgateway-otel/wire'
import { diag, type Meter } from '@opentelemetry/api'
import { createCallMetrics } from './call-metrics.ts'
import { listenForRecordedCalls } from './recorded-call-listener.ts'
import { VERSION } from './version.ts'

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
 * or `http2` to an LLM API whose format is known, and for those that it reports with `recordLlmCall`.
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
    const systems = Object.entries(hosts).map(([host, system]) => [host.toLowerCase(), system] as const)
    const calls = createCallMetrics(meter, new Map(systems), config)
    this.#countHeldCalls = calls.flush
    const stopObserving = observe({ clientExchange: calls.observe })
    const stopListening = listenForRecordedCalls(calls.record, onProblem)
    return () => {
      stopObserving()
      stopListening()
      calls.flush()
    }
  }
}
