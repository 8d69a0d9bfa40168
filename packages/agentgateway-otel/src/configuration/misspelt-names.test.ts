import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { misspeltNames } from './misspelt-names.ts'
import { VARIABLES } from './variables.ts'

describe('misspeltNames', () => {
  for (const [name, nearest] of [
    ['OTEL_EXPORTER_OTLP_ENDPOINTS', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    ['AGENTGATEWAY_HTTP_IGNORES', 'AGENTGATEWAY_HTTP_IGNORE'],
    ['OTEL_METRICS_EXPORT_INTERVAL', 'OTEL_METRIC_EXPORT_INTERVAL'],
    ['OTEL_EXPORTER_OTLP_METRIC_INSECURE', 'OTEL_EXPORTER_OTLP_METRICS_INSECURE'],
    ['OTEL_METRIC_EXPORTER', 'OTEL_METRICS_EXPORTER'],
    ['otel_service_name', 'OTEL_SERVICE_NAME'],
    ['AGENTGATEWAY_BUCKET', 'AGENTGATEWAY_BUCKETS'],
    ['OTEL_RESOURCE_ATTRIBUTE', 'OTEL_RESOURCE_ATTRIBUTES'],
  ] as const) {
    it(`takes ${name} for ${nearest}, and does not show its value`, () => {
      assert.deepEqual(misspeltNames({ [name]: 's3cret' }), [
        `${name} is not a variable that has an effect; did you mean ${nearest}?`,
      ])
    })
  }

  it('says nothing of the variables that exist, nor of those of other signals, tools and platforms', () => {
    const others = [
      ...['TRACES', 'LOGS', 'PROFILES'].flatMap((signal) => [
        `OTEL_${signal}_EXPORTER`,
        ...['ENDPOINT', 'HEADERS', 'INSECURE', 'PROTOCOL', 'TIMEOUT', 'COMPRESSION', 'CERTIFICATE', 'CLIENT_KEY'].map(
          (option) => `OTEL_EXPORTER_OTLP_${signal}_${option}`,
        ),
      ]),
      ...[
        'OTEL_PROPAGATORS',
        'OTEL_TRACES_SAMPLER',
        'OTEL_TRACES_SAMPLER_ARG',
        'OTEL_ENTITIES',
        'OTEL_SEMCONV_STABILITY_OPT_IN',
      ],
      ...[
        'OTEL_NODE_ENABLED_INSTRUMENTATIONS',
        'OTEL_NODE_DISABLED_INSTRUMENTATIONS',
        'OTEL_NODE_EXPERIMENTAL_SDK_METRICS',
      ],
      ...[
        'OTEL_BSP_EXPORT_TIMEOUT',
        'OTEL_BLRP_EXPORT_TIMEOUT',
        'OTEL_BSP_SCHEDULE_DELAY',
        'OTEL_SPAN_LINK_COUNT_LIMIT',
      ],
      ...['OTEL_EXPORTER_ZIPKIN_ENDPOINT', 'OTEL_EXPORTER_ZIPKIN_TIMEOUT', 'OTEL_EXPORTER_JAEGER_ENDPOINT'],
      ...['OTEL_PYTHON_LOG_LEVEL', 'OTEL_JAVAAGENT_ENABLED', 'OTEL_DOTNET_AUTO_HOME', 'OTEL_INJECTOR_LOG_LEVEL'],
      ...['OTEL_SERVICE_VERSION', 'OTEL_EXPORTER_OTLP_SPAN_INSECURE', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
      ...[
        'AGENTGATEWAY_SERVICE_HOST',
        'AGENTGATEWAY_SERVICE_PORT',
        'AGENTGATEWAY_PORT',
        'AGENTGATEWAY_PORT_15020_TCP_ADDR',
      ],
      ...['AGENTGATEWAY_URL', 'AGENTGATEWAY_API_KEY', 'AGENTGATEWAY_HOME', 'PATH', 'PORT', '__proto__', 'OTEL_'],
      ...Object.values(VARIABLES).flatMap(({ names }) => names),
    ]
    assert.deepEqual(misspeltNames(Object.fromEntries(others.map((name) => [name, 'x']))), [])
  })

  it('compares a bounded number of names, and none that is very long', () => {
    const many = Object.fromEntries(
      Array.from({ length: 5000 }, (_, i) => [`OTEL_SERVICE_NAM${i % 10}${'_'.repeat(i % 3)}${i}`, '']),
    )
    assert.ok(misspeltNames({ ...many, [`OTEL_SERVICE_NAME${'E'.repeat(100_000)}`]: '' }).length <= 200)
  })
})
