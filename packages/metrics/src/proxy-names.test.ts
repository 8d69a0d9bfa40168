import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LABEL_SETS, METRICS } from './index.ts'

/** The labels that the proxy's metrics share, in its own groups. */
const ROUTE = 'bind gateway listener route route_rule'
const GEN_AI = `gen_ai_operation_name gen_ai_system gen_ai_request_model gen_ai_response_model ${ROUTE}`
const CONNECTION = 'bind gateway listener protocol'

/**
 * What the agentgateway proxy has of what the wire shows, with its labels: crates/agentgateway/src/telemetry/metrics.rs at
 * 75b4e6c (2026-08-21). Its library adds `_total` to counters, and `_info` to what it knows about itself.
 */
const PROXY: Readonly<Record<string, string>> = {
  agentgateway_build_info: 'tag',
  agentgateway_gen_ai_client_token_usage: `gen_ai_token_type ${GEN_AI}`,
  agentgateway_gen_ai_server_request_duration: GEN_AI,
  agentgateway_gen_ai_server_time_per_output_token: GEN_AI,
  agentgateway_gen_ai_server_time_to_first_token: GEN_AI,
  agentgateway_downstream_connections_total: CONNECTION,
  agentgateway_downstream_received_bytes_total: CONNECTION,
  agentgateway_downstream_sent_bytes_total: CONNECTION,
}

/** The buckets of its histograms, from the same file. */
const BUCKETS: Readonly<Record<string, readonly number[]>> = {
  agentgateway_gen_ai_client_token_usage: Array.from({ length: 14 }, (_, i) => 4 ** i),
  agentgateway_gen_ai_server_request_duration: Array.from({ length: 14 }, (_, i) => (10 * 2 ** i) / 1000),
  agentgateway_gen_ai_server_time_per_output_token: [
    0.001, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5,
  ],
  agentgateway_gen_ai_server_time_to_first_token: [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
  ],
}

describe('the group of the proxy', () => {
  const metrics = Object.values(METRICS).flatMap((metric) =>
    'group' in metric && metric.group === 'proxy' ? [metric] : [],
  )

  it('has the names of the proxy, and none besides', () => {
    assert.deepEqual(metrics.map(({ name }) => name).sort(), Object.keys(PROXY).sort())
  })

  for (const metric of metrics) {
    it(`has the labels of the proxy’s ${metric.name}`, () => {
      // A series has the label `gateway` besides those of its label set, but the proxy's build_info has not.
      const own = LABEL_SETS[metric.labels].map(([label]) => label)
      const labels = metric.name === METRICS.buildInfo.name ? own : [...own, 'gateway']
      assert.deepEqual([...labels].sort(), PROXY[metric.name]?.split(' ').sort())
      if (metric.kind === 'histogram') assert.deepEqual([...metric.buckets], BUCKETS[metric.name])
    })
  }
})
