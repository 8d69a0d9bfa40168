import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { createScrapeEndpoint } from '../index.ts'

/** Returns the samples of a scrape, after `record` has recorded with a meter of an endpoint of its own. */
async function samplesOf(record: (meter: ReturnType<MeterProvider['getMeter']>) => void): Promise<string[]> {
  const endpoint = createScrapeEndpoint({ onError: (error) => assert.fail(String(error)) })
  const provider = new MeterProvider({ readers: [endpoint.reader] })
  const { url } = await endpoint.listen({ host: '127.0.0.1', port: 0 })
  try {
    record(provider.getMeter('test'))
    const text = await (await fetch(url)).text()
    return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  } finally {
    await endpoint.close()
  }
}

describe('a scrape of metrics that the table does not have', () => {
  it('adds up series whose attributes differ but have the same text', async () => {
    const same: Record<string, string>[] = [
      { a: 'm\ud800' },
      { a: 'm\udfff' },
      { a: 'm\ufffd' },
      { a: 'm\ufffd', b: '' },
    ]
    assert.deepEqual(
      await samplesOf((meter) => {
        const counter = meter.createCounter('c_total')
        for (const attributes of same) counter.add(1, attributes)
        counter.add(10, { a: 1 })
        counter.add(20, { a: '1' })
      }),
      ['c_total{a="m\ufffd"} 4', 'c_total{a="1"} 30'],
    )
    assert.deepEqual(
      await samplesOf((meter) => {
        const histogram = meter.createHistogram('h', { advice: { explicitBucketBoundaries: [1, 5] } })
        for (const [i, attributes] of same.entries()) histogram.record(i, attributes)
      }),
      [
        'h_bucket{a="m\ufffd",le="1"} 2',
        'h_bucket{a="m\ufffd",le="5"} 4',
        'h_bucket{a="m\ufffd",le="+Inf"} 4',
        'h_sum{a="m\ufffd"} 6',
        'h_count{a="m\ufffd"} 4',
      ],
    )
  })

  it('leaves out a gauge that would have two values', async () => {
    assert.deepEqual(
      await samplesOf((meter) => {
        const gauge = meter.createGauge('g')
        for (const [i, a] of ['\ud800', 'x', '\ud801', '\ud802'].entries()) gauge.record(i, { a })
      }),
      ['g{a="x"} 1'],
    )
  })

  it('has each label once, whatever label names the attributes become', async () => {
    const samples = await samplesOf((meter) => {
      const attributes = {
        'a.b': 'first',
        a_b: 'third',
        'a-b': '',
        'a/b': 2,
        gateway: 'mine',
        process: 'own',
        le: '7',
        '1st': true,
        '': 'x',
      }
      meter.createHistogram('h', { advice: { explicitBucketBoundaries: [] } }).record(1, attributes)
      meter.createCounter('c_total').add(1, { 'le\n"': 'a"b\\c\nd' })
    })
    const labels =
      '_="x",_1st="true",a_b="first;2;third",exported_gateway="mine",exported_le="7",exported_process="own"'
    assert.deepEqual(samples, [
      `h_bucket{${labels},le="+Inf"} 1`,
      `h_sum{${labels}} 1`,
      `h_count{${labels}} 1`,
      'c_total{le_="a\\"b\\\\c\\nd"} 1',
    ])
  })
})
