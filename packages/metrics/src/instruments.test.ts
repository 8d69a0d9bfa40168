import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  boundOf,
  createInstruments,
  createLabelSet,
  DEFAULT_METRICS,
  LABEL_SETS,
  METRICS,
  type MetricDefinition,
  type MetricKey,
  type MetricSelector,
  OPTIONAL_METRICS,
} from './index.ts'

const KEYS = Object.keys(METRICS) as MetricKey[]
const WITH_OPTIONAL = OPTIONAL_METRICS.map(({ name }) => name as MetricSelector)

/** Records once with each instrument of the table, and returns the metrics that are collected. */
async function collectAll(selectors: readonly MetricSelector[]) {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter })
  const meter = new MeterProvider({ readers: [reader] }).getMeter('test')
  const labels = createLabelSet('mcpSession').of('server', 'stdio')
  for (const instrument of Object.values(createInstruments(meter, KEYS, { metrics: selectors }))) {
    if (instrument === undefined) continue
    if ('addCallback' in instrument) instrument.addCallback((result) => result.observe(3, labels))
    else if ('record' in instrument) instrument.record(3, labels)
    else instrument.add(3, labels)
  }
  const { resourceMetrics, errors } = await reader.collect()
  assert.deepEqual(errors, [])
  return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)
}

describe('the table', () => {
  it('has exactly the eleven metrics that agentgateway documents as defaults', () => {
    assert.deepEqual(
      DEFAULT_METRICS.map(({ name, kind, labels }) => `${name} ${kind} ${labelsOf(labels)}`),
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

  it('has buckets in ascending order', () => {
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

describe('boundOf', () => {
  it('returns the bound that the table gives to a label', () => {
    assert.deepEqual(boundOf('mcpSession', 'role'), { values: ['server', 'client'] })
    assert.deepEqual(boundOf('mcpRequest', 'resource'), { maxValues: 500, maxLength: 128 })
  })
})

describe('createInstruments', () => {
  it('creates every metric with the kind, help, unit and buckets of the table', async () => {
    const metrics = await collectAll(WITH_OPTIONAL)
    assert.equal(metrics.length, KEYS.length)
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

  it('creates the default metrics alone when nothing else is asked for', async () => {
    assert.deepEqual(
      (await collectAll([])).map(({ descriptor }) => descriptor.name).sort(),
      DEFAULT_METRICS.map(({ name }) => name).sort(),
    )
  })

  it('records nothing of a default metric that was taken away', async () => {
    const names = (await collectAll([`-${METRICS.requests.name}`, `-${METRICS.connectionsActive.name}`])).map(
      ({ descriptor }) => descriptor.name,
    )
    assert.equal(names.length, DEFAULT_METRICS.length - 2)
    assert.ok(!names.includes(METRICS.requests.name) && !names.includes(METRICS.connectionsActive.name))
  })

  it('creates the instruments of the given keys alone', () => {
    const meter = new MeterProvider().getMeter('test')
    assert.deepEqual(Object.keys(createInstruments(meter, ['requests', 'llmTokens'])), ['requests', 'llmTokens'])
  })
})
