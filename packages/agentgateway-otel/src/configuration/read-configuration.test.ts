import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { detectResources, envDetector } from '@opentelemetry/resources'
import { readConfiguration } from './read-configuration.ts'

describe('readConfiguration', () => {
  it('serves on port 15020 of all interfaces and sends nothing by OTLP when no variable is set', () => {
    assert.deepEqual(readConfiguration({}), {
      disabled: false,
      logLevel: 'info',
      prometheus: { host: undefined, port: 15020 },
      locks: undefined,
      perProcess: false,
      otlp: undefined,
      serviceName: undefined,
      resourceAttributes: Object.create(null),
      resourceDetectors: ['env', 'host', 'os', 'process', 'serviceinstance', 'container'],
      configFile: undefined,
      metrics: [],
      buckets: {},
      exemplarFilter: 'trace_based',
      httpIgnore: [],
      mcpSessionIdleSeconds: 1800,
      httpInstrumentation: false,
      llmHosts: Object.create(null),
      problems: [],
    })
  })

  it('treats an empty variable as unset', () => {
    const empty = {
      OTEL_EXPORTER_PROMETHEUS_PORT: '',
      OTEL_LOG_LEVEL: ' ',
      OTEL_METRICS_EXPORTER: '',
      OTEL_EXPORTER_OTLP_ENDPOINT: '',
      OTEL_SDK_DISABLED: '',
    }
    assert.deepEqual(readConfiguration(empty), readConfiguration({}))
  })

  it('reads what locks the endpoint, and takes an empty token for one that was not filled in', () => {
    const locksOf = (environment: Record<string, string>) => readConfiguration(environment).locks
    assert.deepEqual(locksOf({ AGENTGATEWAY_WEB_CONFIG_FILE: ' web.yml ' }), {
      webConfigFile: 'web.yml',
      token: undefined,
    })
    assert.deepEqual(locksOf({ AGENTGATEWAY_METRICS_TOKEN: ' t ' }), { webConfigFile: undefined, token: 't' })
    assert.deepEqual(locksOf({ AGENTGATEWAY_METRICS_TOKEN: '' }), { webConfigFile: undefined, token: '' })
    assert.equal(locksOf({ AGENTGATEWAY_WEB_CONFIG_FILE: '' }), undefined)
  })

  it('reads the host, the port, the log level and the switches', () => {
    const { prometheus, perProcess, logLevel, disabled } = readConfiguration({
      AGENTGATEWAY_PER_PROCESS: 'TRUE',
      OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      OTEL_LOG_LEVEL: 'ERROR',
      OTEL_SDK_DISABLED: 'True',
    })
    assert.deepEqual(
      { prometheus, perProcess, logLevel, disabled },
      {
        prometheus: { host: '127.0.0.1', port: 0 },
        perProcess: true,
        logLevel: 'error',
        disabled: true,
      },
    )
  })

  for (const port of ['abc', '-1', '65536', '80.5', '1e3', '0x50', '99999999999999999999']) {
    it(`reports that ${port} is not a port, and uses the default`, () => {
      const { prometheus, problems } = readConfiguration({ OTEL_EXPORTER_PROMETHEUS_PORT: port })
      assert.equal(prometheus?.port, 15020)
      assert.equal(problems.length, 1)
      assert.match(problems[0] ?? '', new RegExp(`OTEL_EXPORTER_PROMETHEUS_PORT="${port}" .* using 15020`))
    })
  }

  it('quotes a hostile value on one line, and cuts it', () => {
    const { problems } = readConfiguration({ OTEL_LOG_LEVEL: `\u001b[31m\n${'x'.repeat(10_000)}` })
    assert.equal(problems.length, 1)
    assert.match(problems[0] ?? '', /^[ -~…]{1,300}$/)
  })

  it('switches HttpInstrumentation on for true alone, in any case', () => {
    assert.equal(readConfiguration({ AGENTGATEWAY_HTTP_INSTRUMENTATION: 'TRUE' }).httpInstrumentation, true)
    const { httpInstrumentation, problems } = readConfiguration({ AGENTGATEWAY_HTTP_INSTRUMENTATION: 'yes' })
    assert.equal(httpInstrumentation, false)
    assert.match(problems[0] ?? '', /^AGENTGATEWAY_HTTP_INSTRUMENTATION="yes" is not true or false/)
  })

  for (const name of ['AGENTGATEWAY_PER_PROCESS', 'OTEL_SDK_DISABLED', 'AGENTGATEWAY_HTTP_INSTRUMENTATION']) {
    it(`reports a ${name} that is not true or false, and uses false`, () => {
      const { problems, ...rest } = readConfiguration({ [name]: '1' })
      const { problems: _, ...unset } = readConfiguration({})
      assert.deepEqual([rest, problems], [unset, [`${name}="1" is not true or false; using false`]])
    })
  }

  for (const value of ['a', 'a=b=c', '=b', 'a=%zz', 'service.name=shop,b', `a=${'x'.repeat(256)}`]) {
    it(`reports OTEL_RESOURCE_ATTRIBUTES that OpenTelemetry ignores: ${value.slice(0, 30)}`, () => {
      const { problems } = readConfiguration({ OTEL_RESOURCE_ATTRIBUTES: value })
      assert.equal(problems.length, 1)
      assert.match(problems[0] ?? '', /^OTEL_RESOURCE_ATTRIBUTES has ".*", which is not key=value, so all of it/)
      assert.deepEqual(attributesOf(value), {})
    })
  }

  it('reports nothing about OTEL_RESOURCE_ATTRIBUTES that OpenTelemetry accepts', () => {
    const value = ' a = b ,, c=d%2Ce%3D, empty= '
    assert.deepEqual(readConfiguration({ OTEL_RESOURCE_ATTRIBUTES: value }).problems, [])
    assert.deepEqual(attributesOf(value), { a: 'b', c: 'd,e=', empty: '' })
  })

  it('reads an IPv6 address in brackets', () => {
    assert.equal(readConfiguration({ OTEL_EXPORTER_PROMETHEUS_HOST: '[::1]' }).prometheus?.host, '::1')
  })

  it('bridges to OTLP when there is an endpoint or OTEL_METRICS_EXPORTER has otlp', () => {
    const urlOf = (environment: Record<string, string>) => readConfiguration(environment).otlp?.url
    assert.equal(urlOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a' }), 'http://a/v1/metrics')
    assert.equal(urlOf({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://a' }), 'http://a/')
    assert.equal(urlOf({ OTEL_METRICS_EXPORTER: 'prometheus, otlp' }), 'http://localhost:4318/v1/metrics')
  })

  it('gives an export no more time than there is between two', () => {
    const environment = { OTEL_METRICS_EXPORTER: 'otlp', OTEL_METRIC_EXPORT_INTERVAL: '1000' }
    assert.equal(readConfiguration(environment).otlp?.timeoutMs, 1000)
  })

  it('serves /metrics whatever OTEL_METRICS_EXPORTER says, unless it says none', () => {
    const exportersOf = (value: string) => {
      const { prometheus, otlp, problems } = readConfiguration({
        OTEL_METRICS_EXPORTER: value,
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a',
      })
      return [prometheus !== undefined, otlp !== undefined, problems.length]
    }
    assert.deepEqual(exportersOf('otlp'), [true, true, 0])
    assert.deepEqual(exportersOf('prometheus'), [true, false, 0])
    assert.deepEqual(exportersOf('Prometheus,OTLP'), [true, true, 0])
    assert.deepEqual(exportersOf('none'), [false, false, 0])
    assert.deepEqual(exportersOf('none,otlp'), [false, false, 1])
    assert.deepEqual(exportersOf('console'), [true, true, 1])
    assert.deepEqual(exportersOf('console,prometheus'), [true, false, 1])
  })

  it('reports an endpoint that is not a URL, and sends nothing by OTLP', () => {
    for (const endpoint of ['localhost:4318', 'collector', 'grpc://a:4317', 'http://']) {
      const { otlp, prometheus, problems } = readConfiguration({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })
      assert.equal(otlp, undefined)
      assert.ok(prometheus)
      assert.match(
        problems[0] ?? '',
        /^OTEL_EXPORTER_OTLP_ENDPOINT=".*http:\/\/localhost:4318; nothing is sent by OTLP/,
      )
    }
  })

  it('reads the names of metrics and groups, with and without a minus, in any case', () => {
    const { metrics, problems } = readConfiguration({
      AGENTGATEWAY_METRICS: ' -agentgateway_request_size_bytes,, Agentgateway_Requests_Total,',
    })
    assert.deepEqual(metrics, ['-agentgateway_request_size_bytes', 'agentgateway_requests_total'])
    assert.deepEqual(problems, [])
  })

  for (const [name, nearest] of [
    ['agentgateway_request_total', 'agentgateway_requests_total'],
    ['-request_size_byte', '-agentgateway_request_size_bytes'],
    ['llm_tokens', 'agentgateway_llm_tokens_total'],
  ] as const) {
    it(`reports that AGENTGATEWAY_METRICS has ${name}, suggests ${nearest}, and keeps the other entries`, () => {
      const { metrics, problems } = readConfiguration({ AGENTGATEWAY_METRICS: `${name},-agentgateway_requests_total` })
      assert.deepEqual(metrics, ['-agentgateway_requests_total'])
      assert.deepEqual(problems, [
        `AGENTGATEWAY_METRICS has "${name}", ignored: not a metric or a group of metrics; did you mean "${nearest}"?`,
      ])
    })
  }

  it('reads the hosts of LLM APIs, and reports entries that are not valid', () => {
    const { llmHosts, problems } = readConfiguration({
      AGENTGATEWAY_LLM_HOSTS:
        'llm.Internal=openai, 10.0.0.5:8000 = vllm,[::1]:80=x,,http://a=b,a,=b,a=,a=b c,__proto__=p,a:70000=b',
    })
    assert.deepEqual(
      { ...llmHosts },
      { 'llm.internal': 'openai', '10.0.0.5:8000': 'vllm', '[::1]:80': 'x', ['__proto__']: 'p' },
    )
    assert.deepEqual(problems, [
      'AGENTGATEWAY_LLM_HOSTS has "http://a=b", "a", "=b" and 3 more, ignored: write host=system',
    ])
  })
})

/** Returns the attributes that OpenTelemetry reads from the variable. */
function attributesOf(value: string): object {
  process.env.OTEL_RESOURCE_ATTRIBUTES = value
  try {
    return detectResources({ detectors: [envDetector] }).attributes
  } finally {
    delete process.env.OTEL_RESOURCE_ATTRIBUTES
  }
}
