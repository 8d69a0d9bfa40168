import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApp } from '../harness/app.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import { until } from '../harness/until.ts'

interface Point {
  readonly attributes?: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[]
  readonly asDouble?: number
  readonly count?: string | number
  readonly explicitBounds?: readonly number[]
}

interface Data {
  readonly dataPoints: readonly Point[]
}

interface OtlpMetric {
  readonly name: string
  readonly unit: string
  readonly histogram?: Data
  readonly sum?: Data
  readonly gauge?: Data
}

interface ExportRequest {
  readonly resourceMetrics: readonly { readonly scopeMetrics: readonly { readonly metrics: readonly OtlpMetric[] }[] }[]
}

/** What the conventions say at the revisions that the table of metrics names. */
const GEN_AI_BOUNDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]
const MCP_BOUNDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300]

describe('the group of the semantic conventions, by OTLP', () => {
  let collector: Awaited<ReturnType<typeof startOtlpCollector>>
  let exported: readonly OtlpMetric[] = []
  before(async () => {
    collector = await startOtlpCollector({
      onMetrics: (metrics) => {
        exported = (metrics as ExportRequest).resourceMetrics.flatMap(({ scopeMetrics }) =>
          scopeMetrics.flatMap(({ metrics }) => metrics),
        )
      },
    })
  })
  after(() => collector.close())

  const find = (name: string) => exported.find((metric) => metric.name === name)
  /** The attributes of the conventions; `gateway`, which every series has besides, is left out. */
  const attributesOf = ({ attributes = [] }: Point) =>
    Object.fromEntries(
      attributes.filter(({ key }) => key !== 'gateway').map(({ key, value }) => [key, value.stringValue]),
    )

  it('has the names, units, attributes and buckets of the conventions, and no attribute whose value is unknown', async () => {
    const app = await startApp(new URL('./apps/standard.mjs', import.meta.url), {
      env: {
        AGENTGATEWAY_METRICS: 'semconv,-gen_ai.client.inference.usage.cache_write.input_tokens',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
        OTEL_METRIC_EXPORT_INTERVAL: '50',
      },
    })
    await app.line(/^done$/)
    const operations = await until(() => {
      const points = find('mcp.server.operation.duration')?.histogram?.dataPoints ?? []
      return points.length === 3 && find('gen_ai.client.operation.duration') ? points : undefined
    })
    const call = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'custom', 'gen_ai.request.model': 'm' }
    const answered = { ...call, 'gen_ai.response.model': 'm-1' }

    const duration = find('gen_ai.client.operation.duration')
    assert.equal(duration?.unit, 's')
    assert.deepEqual(duration.histogram?.dataPoints.map(attributesOf), [answered, { ...call, 'error.type': '429' }])
    assert.deepEqual(duration.histogram?.dataPoints[0]?.explicitBounds, GEN_AI_BOUNDS)
    const input = find('gen_ai.client.inference.usage.input_tokens')
    assert.equal(input?.unit, '{token}')
    assert.deepEqual(
      input.sum?.dataPoints.map((point) => [attributesOf(point), point.asDouble]),
      [
        [{ 'gen_ai.token.modality': 'audio', ...answered }, 20],
        [{ 'gen_ai.token.modality': 'unknown', ...answered }, 80],
      ],
    )
    assert.equal(find('gen_ai.client.inference.usage.cache_read.input_tokens')?.sum?.dataPoints[0]?.asDouble, 60)
    assert.equal(find('gen_ai.client.inference.usage.cache_write.input_tokens'), undefined)

    const network = { 'network.transport': 'tcp', 'network.protocol.name': 'http' }
    const tool = { 'mcp.method.name': 'tools/call', 'gen_ai.operation.name': 'execute_tool', ...network }
    assert.deepEqual(operations[0]?.explicitBounds, MCP_BOUNDS)
    assert.deepEqual(operations.map(attributesOf), [
      { ...tool, 'gen_ai.tool.name': 'add' },
      { ...tool, 'gen_ai.tool.name': 'add', 'error.type': 'tool_error' },
      { 'mcp.method.name': 'tools/list', 'error.type': '-32601', 'rpc.response.status_code': '-32601', ...network },
    ])
    await app.stop()
  })
})
