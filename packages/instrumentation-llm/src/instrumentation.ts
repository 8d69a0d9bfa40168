import { type InstrumentationConfig, MetricsInstrumentation } from '@agentgateway-otel/metrics'
import { observe } from '@agentgateway-otel/wire'
import type { Meter } from '@opentelemetry/api'
import { countCalls } from './calls.ts'
import { VERSION } from './version.ts'

/**
 * `agentgateway_llm_requests_total`, `agentgateway_llm_tokens_total` and `agentgateway_llm_request_duration_seconds`, of
 * all calls that this process makes with `fetch`, undici, `http` or `https` to an LLM API whose format is known.
 */
export class LlmInstrumentation extends MetricsInstrumentation {
  constructor(config: InstrumentationConfig = {}) {
    super('@agentgateway-otel/instrumentation-llm', VERSION, config)
  }

  protected start(meter: Meter): () => void {
    return observe({ clientExchange: countCalls(meter) })
  }
}
