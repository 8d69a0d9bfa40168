import assert from 'node:assert/strict'
import { type IncomingMessage, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { createScrapeEndpoint } from '@agentgateway-otel/exporter'
import { MeterProvider } from '@agentgateway-otel/meter'
import { createInstruments, createLabelSet } from '@agentgateway-otel/metrics'
import { emptyResource } from '@opentelemetry/resources'
import { parseOpenMetrics } from '../harness/openmetrics-text.ts'
import { parsePrometheusText, type Sample } from '../harness/prometheus-text.ts'

/** So many that a page is written, compressed and sent in many pieces. */
const ROUTES = 500

describe('pages that several clients read at the same time, at any pace, while the metrics change', () => {
  const endpoint = createScrapeEndpoint({ onError: (error) => assert.fail(String(error)) })
  const provider = new MeterProvider({ resource: emptyResource(), readers: [endpoint.reader] })
  const { requests, requestDuration } = createInstruments(provider.getMeter('test'), ['requests', 'requestDuration'])
  const http = createLabelSet('http')
  const series = Array.from({ length: ROUTES }, (_, i) =>
    http.of('GET', '200', `/${i}/"é"\\${'漢'.repeat(i % 50)}`, 'http'),
  )
  let isOver = false
  let url: string

  /** Counts one request in each series, so that at any moment all have the same count. */
  function countAll(): void {
    for (const labels of series) {
      requests?.add(1, labels)
      requestDuration?.record(0.2, labels)
    }
  }

  before(async () => {
    countAll()
    url = (await endpoint.listen({ host: '127.0.0.1', port: 0 })).url
    const keepCounting = async () => {
      for (; !isOver; await nextTurn()) countAll()
    }
    keepCounting()
  })
  after(async () => {
    isOver = true
    await endpoint.close()
  })

  async function get(headers: Readonly<Record<string, string>>, isSlow: boolean): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    request(url, { headers, agent: false }, resolve).on('error', reject).end()
    const response = await promise
    assert.equal(response.statusCode, 200)
    if (!isSlow) return buffer(response)
    const chunks: Buffer[] = []
    for await (const chunk of response) {
      chunks.push(chunk)
      // The pace of a slow client: the pieces that it has not read yet stay with the server.
      if (chunks.length % 8 === 0) await sleep(1)
    }
    return Buffer.concat(chunks)
  }

  it('have all numbers of one moment, and every series once', async () => {
    const kinds = ['text/plain', 'application/openmetrics-text'].flatMap((accept) =>
      ['identity', 'gzip'].flatMap((encoding) => [true, false].map((isSlow) => ({ accept, encoding, isSlow }))),
    )
    const read = async ({ accept, encoding, isSlow }: (typeof kinds)[number]) => {
      const body = await get({ accept, 'accept-encoding': encoding }, isSlow)
      const text = (encoding === 'gzip' ? gunzipSync(body) : body).toString()
      const families = accept === 'text/plain' ? parsePrometheusText(text) : parseOpenMetrics(text)
      const samples: Sample[] = []
      for (const family of families.values()) samples.push(...family.samples)
      const counts = samples.filter(({ name }) => /^agentgateway_request(s_total|_duration_seconds_count)$/.test(name))
      assert.equal(counts.length, 2 * ROUTES)
      assert.equal(new Set(counts.map(({ value }) => value)).size, 1, 'numbers of several moments')
      return counts[0]?.value
    }
    const values = await Promise.all(kinds.map(read))
    assert.ok(values.every((value) => value !== undefined && value > 0))
    const later = await Promise.all(kinds.map(read))
    assert.ok(Math.min(...later.map(Number)) > Math.min(...values.map(Number)), 'the metrics did not change meanwhile')
  })
})
