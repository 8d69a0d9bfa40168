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
      resourceDetectors: undefined,
      configFile: undefined,
      metrics: [],
      buckets: {},
      exemplarFilter: 'trace_based',
      httpIgnore: [],
      routes: 'auto',
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

  for (const name of ['OTEL_CONFIG_FILE', 'OTEL_EXPERIMENTAL_CONFIG_FILE']) {
    it(`reports that the file in ${name} is not read, and what to set instead`, () => {
      const { problems } = readConfiguration({ [name]: '/etc/otel.yaml' })
      assert.equal(problems.length, 1)
      assert.match(problems[0] ?? '', new RegExp(`^${name} has "/etc/otel.yaml", which is not read: set variables`))
    })
  }

  it('reads an IPv6 address in brackets', () => {
    assert.equal(readConfiguration({ OTEL_EXPORTER_PROMETHEUS_HOST: '[::1]' }).prometheus?.host, '::1')
  })

  it('bridges to OTLP when there is an endpoint or OTEL_METRICS_EXPORTER has otlp', () => {
    const urlOf = (environment: Record<string, string>) => readConfiguration(environment).otlp?.url
    assert.equal(urlOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a' }), 'http://a/v1/metrics')
    assert.equal(urlOf({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://a' }), 'http://a/')
    assert.equal(urlOf({ OTEL_METRICS_EXPORTER: 'prometheus, otlp' }), 'http://localhost:4318/v1/metrics')
  })

  it('takes the variable for all signals where that for metrics has garbage, and the default where both do', () => {
    const read = (metrics: string, all: string) => {
      const { otlp, problems } = readConfiguration({
        OTEL_METRICS_EXPORTER: 'otlp',
        OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: metrics,
        OTEL_EXPORTER_OTLP_PROTOCOL: all,
      })
      return [otlp?.protocol, ...problems.map((problem) => problem.replace(/ is not .*;/, ';'))]
    }
    assert.deepEqual(read('GRPC', 'http/json'), ['grpc'])
    assert.deepEqual(read('', 'HTTP/JSON'), ['http/json'])
    assert.deepEqual(read('x', 'http/json'), [
      'http/json',
      'OTEL_EXPORTER_OTLP_METRICS_PROTOCOL="x"; using OTEL_EXPORTER_OTLP_PROTOCOL',
    ])
    assert.deepEqual(read('x', 'y'), [
      'http/protobuf',
      'OTEL_EXPORTER_OTLP_METRICS_PROTOCOL="x"; using http/protobuf',
      'OTEL_EXPORTER_OTLP_PROTOCOL="y"; using http/protobuf',
    ])
  })

  it('takes a switch that has garbage for false, whatever the variable for all signals says', () => {
    const { otlp, problems } = readConfiguration({
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317',
      OTEL_EXPORTER_OTLP_METRICS_INSECURE: '1',
      OTEL_EXPORTER_OTLP_INSECURE: 'true',
    })
    assert.equal(otlp?.url, 'https://collector:4317')
    assert.deepEqual(problems, ['OTEL_EXPORTER_OTLP_METRICS_INSECURE="1" is not true or false; using false'])
  })

  for (const [what, environment, expected] of [
    [
      'that is to be insecure with https',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://a', OTEL_EXPORTER_OTLP_INSECURE: 'true' },
      ['OTEL_EXPORTER_OTLP_INSECURE is without effect, because the endpoint is https; its certificate is verified'],
    ],
    [
      'that has certificates without https',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_EXPORTER_OTLP_CERTIFICATE: 'ca.pem' },
      ['OTEL_EXPORTER_OTLP_CERTIFICATE is without effect, because the endpoint is not https'],
    ],
    [
      'that has a certificate without its key',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://a', OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: 'client.pem' },
      ['OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE is ignored, because a certificate and its key have to be set both'],
    ],
    [
      'that has a path for gRPC',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4317/v1/metrics', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      ['OTEL_EXPORTER_OTLP_ENDPOINT has the path /v1/metrics, which gRPC does not send'],
    ],
  ] as const) {
    it(`reports an OTLP endpoint ${what}`, () => {
      assert.deepEqual(readConfiguration(environment).problems, expected)
    })
  }

  it('says nothing of certificates where the endpoint cannot be used', () => {
    const { problems } = readConfiguration({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'nowhere',
      OTEL_EXPORTER_OTLP_CERTIFICATE: 'ca.pem',
      OTEL_EXPORTER_OTLP_INSECURE: 'true',
    })
    assert.equal(problems.length, 1)
  })

  it('names a header that cannot be sent by its name, or by its number where the name may be part of a secret', () => {
    const problemOf = (headers: string) =>
      readConfiguration({ OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_HEADERS: headers }).problems.join()
    assert.match(
      problemOf('a=b,X-Api-Key=%zz'),
      /has the header "X-Api-Key", left out: its value is not percent-encoded/,
    )
    assert.match(
      problemOf('Authorization: Bearer x'),
      /has the header "Authorization", left out: it is written as for curl/,
    )
    assert.match(problemOf('api-key=x,kY4tz0Q=%zz'), /has the header number 2, left out/)
    assert.match(problemOf('c2VjcmV0='), /has the header number 1, left out: it has no value/)
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

  it('suggests no metric for a name that has little in common with any', () => {
    const { problems } = readConfiguration({
      AGENTGATEWAY_METRICS: 'garbage',
      AGENTGATEWAY_BUCKETS: 'x=1;request_siz_bytes=1',
    })
    assert.deepEqual(problems, [
      'AGENTGATEWAY_METRICS has "garbage", ignored: not a metric or a group of metrics',
      'AGENTGATEWAY_BUCKETS has "x", "request_siz_bytes", ignored: not a histogram; did you mean "agentgateway_request_size_bytes"?',
    ])
  })

  it('reads the boundaries of histograms, which are ascending numbers from 0 on', () => {
    const read = (text: string) =>
      readConfiguration({ AGENTGATEWAY_BUCKETS: `request_duration_seconds=${text}` }).buckets
    assert.deepEqual(read(' 0, .5 ,+1.,1e1'), { agentgateway_request_duration_seconds: [0, 0.5, 1, 10] })
    const tooMany = Array.from({ length: 101 }, (_, i) => i).join()
    for (const text of ['', '1,', '1,1', '2,1', '-1', 'NaN', 'Infinity', '1e999', '0x10', '1 2', '1=2', tooMany]) {
      assert.deepEqual(read(text), {}, text)
    }
  })

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
