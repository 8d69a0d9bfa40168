import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { createInstruments, createLabelSet, LABEL_SETS, METRICS, type MetricDefinition } from './index.ts'

/** What is collected of the eleven, each used once. */
async function collectAll() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter })
  const instruments = createInstruments(new MeterProvider({ readers: [reader] }).getMeter('test'))
  const labels = createLabelSet('mcpSession').of('server', 'stdio')
  for (const instrument of Object.values(instruments)) {
    if ('addCallback' in instrument) instrument.addCallback((result) => result.observe(3, labels))
    else if ('record' in instrument) instrument.record(3, labels)
    else instrument.add(3, labels)
  }
  const { resourceMetrics, errors } = await reader.collect()
  assert.deepEqual(errors, [])
  return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)
}

describe('the table', () => {
  it('has the eleven metrics that agentgateway documents', () => {
    assert.deepEqual(
      Object.values(METRICS).map(({ name, kind, labels }) => `${name} ${kind} ${labelsOf(labels)}`),
      [
        'agentgateway_requests_total counter method,status,route,protocol',
        'agentgateway_request_duration_seconds histogram method,status,route,protocol',
        'agentgateway_request_size_bytes histogram method,status,route,protocol',
        'agentgateway_response_size_bytes histogram method,status,route,protocol',
        'agentgateway_connections_active gauge bind,protocol',
        'agentgateway_connections_total counter bind,protocol',
        'agentgateway_mcp_sessions_active gauge role,transport',
        'agentgateway_mcp_requests_total counter method,role,transport,resource_type,resource,server,status',
        'agentgateway_llm_requests_total counter gen_ai_operation_name,gen_ai_system,gen_ai_request_model,gen_ai_response_model,error_type,usage',
        'agentgateway_llm_tokens_total counter gen_ai_token_type,gen_ai_operation_name,gen_ai_system,gen_ai_request_model,gen_ai_response_model',
        'agentgateway_llm_request_duration_seconds histogram gen_ai_operation_name,gen_ai_system,gen_ai_request_model,gen_ai_response_model,error_type',
      ],
    )
  })

  it('has buckets that rise', () => {
    for (const { name, ...metric } of Object.values<MetricDefinition>(METRICS)) {
      if (metric.kind !== 'histogram') continue
      assert.deepEqual(
        [...new Set(metric.buckets)].sort((a, b) => a - b),
        [...metric.buckets],
        name,
      )
    }
  })
})

const labelsOf = (set: keyof typeof LABEL_SETS) => LABEL_SETS[set].map(([label]) => label).join()

describe('createInstruments', () => {
  it('makes each metric of the kind, with the help, the unit and the buckets that the table says', async () => {
    const metrics = await collectAll()
    assert.equal(metrics.length, 11)
    for (const definition of Object.values<MetricDefinition>(METRICS)) {
      const metric = metrics.find(({ descriptor }) => descriptor.name === definition.name)
      assert.ok(metric, definition.name)
      assert.equal(metric.descriptor.description, definition.help)
      assert.equal(metric.descriptor.unit, definition.unit)
      if (definition.kind === 'histogram') {
        assert.equal(metric.dataPointType, DataPointType.HISTOGRAM)
        assert.deepEqual(metric.dataPoints[0]?.value.buckets.boundaries, [...definition.buckets])
      } else {
        assert.equal(metric.dataPointType, DataPointType.SUM)
        assert.equal(metric.isMonotonic, definition.kind === 'counter')
      }
    }
  })

  it('makes only those that are asked for', () => {
    const meter = new MeterProvider().getMeter('test')
    assert.deepEqual(Object.keys(createInstruments(meter, ['requests', 'llmTokens'])), ['requests', 'llmTokens'])
  })
})
