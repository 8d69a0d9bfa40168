import { type InstrumentationConfig, MetricsInstrumentation } from '@agentgateway-otel/metrics'
import { observe } from '@agentgateway-otel/wire'
import { diag, type Meter } from '@opentelemetry/api'
import { countCalls } from './call-metrics.ts'
import { watchRecordedCalls } from './recorded-call-listener.ts'
import { VERSION } from './version.ts'

export interface LlmInstrumentationConfig extends InstrumentationConfig {
  /**
   * `gen_ai_system` of hosts that are not known: by the end of a host's name, or by host and port. A host that is named
   * here comes before those that are known.
   *
   * @example { 'llm.internal': 'openai', '10.0.0.5:8000': 'vllm' }
   */
  hosts?: Readonly<Record<string, string>>
  /** Hears what is wrong with a call that the app records, once. Default: OpenTelemetry's `diag.warn`. */
  onProblem?: (problem: string) => void
}

/**
 * `agentgateway_llm_requests_total`, `agentgateway_llm_tokens_total` and `agentgateway_llm_request_duration_seconds`, of
 * all calls that this process makes with `fetch`, undici, `http`, `https` or `http2` to an LLM API whose format is known,
 * and of those that it tells of by `recordLlmCall`.
 */
export class LlmInstrumentation extends MetricsInstrumentation<LlmInstrumentationConfig> {
  constructor(config: LlmInstrumentationConfig = {}) {
    super('@agentgateway-otel/instrumentation-llm', VERSION, config)
  }

  protected start(meter: Meter, config: LlmInstrumentationConfig): () => void {
    const { metrics, hosts = {}, onProblem = (problem) => diag.warn(problem) } = config
    const systems = Object.entries(hosts).map(([host, system]) => [host.toLowerCase(), system] as const)
    const calls = countCalls(meter, new Map(systems), metrics)
    const stopObserving = observe({ clientExchange: calls.observe })
    const stopWatching = watchRecordedCalls(calls.record, onProblem)
    return () => {
      stopObserving()
      stopWatching()
      calls.flush()
    }
  }
}
