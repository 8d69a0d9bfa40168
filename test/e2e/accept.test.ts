import assert from 'node:assert/strict'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { parseOpenMetrics } from '../harness/openmetrics-text.ts'
import { parsePrometheusText } from '../harness/prometheus-text.ts'
import { type StrangeEndpoint, serveStrangeMetrics } from './strange-metrics.ts'

const TEXT = 'text/plain; version=0.0.4; charset=utf-8'
const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8'
const ESCAPED = `${OPEN_METRICS}; escaping=underscores`

const PROTOBUF = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited'
const CLASSIC =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'
/** What Prometheus 3 sends, also as a part of other programs, with this escaping of names. */
const modern = (escaping: string) =>
  `application/openmetrics-text;version=1.0.0;escaping=${escaping};q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=${escaping};q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2`

/** The `Accept` of requests, and the `Content-Type` of their responses. The first ones are what programs send, word by word. */
const CASES: Readonly<Record<string, readonly [accept: string | readonly string[] | undefined, contentType: string]>> =
  {
    'Prometheus 2.42, Datadog': [CLASSIC, OPEN_METRICS],
    'Prometheus 2.42 with native histograms': [
      `${PROTOBUF},application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`,
      OPEN_METRICS,
    ],
    'Prometheus 2.30': [
      'application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      OPEN_METRICS,
    ],
    "Prometheus 3, the OpenTelemetry Collector's receiver, Grafana Alloy": [modern('allow-utf-8'), ESCAPED],
    'Prometheus 3 with underscores': [modern('underscores'), ESCAPED],
    'Prometheus 3 with dots': [modern('dots'), ESCAPED],
    'Prometheus 3 with values': [modern('values'), ESCAPED],
    'Prometheus 3 with created timestamps': [
      `${PROTOBUF};q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1`,
      ESCAPED,
    ],
    'Prometheus 3 with OpenMetrics 1.0.0 alone': [
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,*/*;q=0.5',
      ESCAPED,
    ],
    'Prometheus 3 with OpenMetrics 0.0.1 alone': [
      'application/openmetrics-text;version=0.0.1;q=0.6,*/*;q=0.5',
      OPEN_METRICS,
    ],
    'Prometheus 3 with text 1.0.0 alone': ['text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,*/*;q=0.5', TEXT],
    'Prometheus 3 with text 0.0.4 alone': ['text/plain;version=0.0.4;q=0.6,*/*;q=0.5', TEXT],
    'Prometheus 3 with protobuf alone': [`${PROTOBUF};q=0.6,*/*;q=0.5`, TEXT],
    'VictoriaMetrics, vmagent': ['text/plain;version=0.0.4;q=1,*/*;q=0.1', TEXT],
    Telegraf: [`${PROTOBUF};q=0.7,text/plain;version=0.0.4;q=0.3,*/*;q=0.1`, TEXT],
    'Datadog, before 7.46': ['text/plain', TEXT],
    'Datadog, before 7.46, with its option use_latest_spec': [
      'application/openmetrics-text; version=0.0.1; charset=utf-8',
      OPEN_METRICS,
    ],
    curl: ['*/*', TEXT],
    'a browser': ['text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8', TEXT],
    Java: ['text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2', TEXT],
    'a client without the header': [undefined, TEXT],
    'a client with an empty header': ['', TEXT],
    'any version': ['application/openmetrics-text', OPEN_METRICS],
    'upper case, spaces and quotes': [
      ' Application/OPENMETRICS-text ;\tVersion="1.0.0" ; Q=0.9 , text/plain ;q=0.8 ',
      OPEN_METRICS,
    ],
    'the same quality': ['text/plain;q=0.7,application/openmetrics-text;version=1.0.0;q=0.7', OPEN_METRICS],
    'a lower quality than text': ['application/openmetrics-text;version=1.0.0;q=0.2,text/plain;q=0.7', TEXT],
    'a lower quality than any type': ['application/openmetrics-text;version=1.0.0;q=0.2,*/*;q=0.7', TEXT],
    'the quality 0': ['application/openmetrics-text;version=1.0.0;q=0', TEXT],
    'the quality 0.000': ['application/openmetrics-text;version=1.0.0;q=0.000,*/*', TEXT],
    'both refused': ['application/openmetrics-text;q=0,text/plain;q=0', TEXT],
    'a version to come': ['application/openmetrics-text;version=2.0.0', TEXT],
    'a version to come, and 1.0.0': [
      'application/openmetrics-text;version=2.0.0,application/openmetrics-text;version=1.0.0;q=0.8,text/plain;q=0.5',
      OPEN_METRICS,
    ],
    'an escaping that does not exist': ['application/openmetrics-text;version=1.0.0;escaping=\u00fcml', ESCAPED],
    'another subtype': ['application/*', TEXT],
    'a longer name': ['application/openmetrics-text-2', TEXT],
    'protobuf alone': [PROTOBUF, TEXT],
    'several headers': [['text/plain;q=0.5', 'application/openmetrics-text;version=1.0.0'], OPEN_METRICS],
    '8 KiB before it': [`${'text/html;q=0.1,'.repeat(512)}application/openmetrics-text`, OPEN_METRICS],
    '8 KiB of quotes': ['"'.repeat(8192), TEXT],
    '8 KiB of commas': [','.repeat(8192), TEXT],
    'no media type': ['; , ;q=1, /, openmetrics', TEXT],
    'an attempt at a header of its own': ['application/openmetrics-text;version="1.0.0\tx: y"', TEXT],
  }

describe('the response to Accept', () => {
  let endpoint: StrangeEndpoint
  before(async () => {
    endpoint = await serveStrangeMetrics()
  })
  after(() => endpoint?.close())

  /** `fetch` would add a header of its own. */
  async function get(accept: string | readonly string[] | undefined, method = 'GET') {
    const { promise, resolve, reject } = Promise.withResolvers<import('node:http').IncomingMessage>()
    const headers = accept === undefined ? {} : { accept: accept as string }
    request(endpoint.url, { headers, method }, resolve).on('error', reject).end()
    const response = await promise
    return { status: response.statusCode, headers: response.headers, body: await text(response) }
  }

  for (const [client, [accept, contentType]] of Object.entries(CASES)) {
    it(`of ${client} is in the format that its type says`, async () => {
      const { status, headers, body } = await get(accept)
      assert.equal(status, 200)
      assert.equal(headers['content-type'], contentType)
      const families = contentType === TEXT ? parsePrometheusText(body) : parseOpenMetrics(body)
      assert.ok(families.size > 15, `${families.size} families`)
    })
  }

  it('has for HEAD the type that GET would have', async () => {
    assert.equal((await get(CLASSIC, 'HEAD')).headers['content-type'], OPEN_METRICS)
    assert.equal((await get(undefined, 'HEAD')).headers['content-type'], TEXT)
  })

  it('says that it depends on the header', async () => {
    assert.match(String((await get(CLASSIC)).headers.vary), /\baccept\b/i)
  })
})
