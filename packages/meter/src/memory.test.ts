import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyResource } from '@opentelemetry/resources'
import { MeterProvider } from './provider.ts'
import { collectGarbage } from './testing/garbage.ts'
import { deltaReader, TestReader } from './testing/reader.ts'

test('the heap does not grow with records beyond the limit, nor with readers that never read', async () => {
  const readers = [new TestReader(), deltaReader()]
  const unread = [new TestReader(), deltaReader(), deltaReader()]
  const provider = new MeterProvider({ resource: emptyResource(), readers: [...readers, ...unread] })
  const meter = provider.getMeter('test')
  const counter = meter.createCounter('c')
  const histogram = meter.createHistogram('h')
  let series = 0
  meter.createObservableGauge('g').addCallback((result) => {
    for (let i = 0; i < 100; i++) result.observe(i, { series: series + i })
  })

  async function churn(rounds: number): Promise<number> {
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < 200; i++) {
        const attributes = { series: series++ }
        counter.add(1, attributes)
        histogram.record(i, Object.freeze(attributes))
      }
      for (const reader of readers) await reader.collect()
    }
    collectGarbage()
    return process.memoryUsage().heapUsed
  }

  // After this the limit of each instrument is reached, and the code is compiled.
  await churn(50)
  const before = await churn(10)
  const growth = (await churn(300)) - before
  // 60,000 sets of attributes came and went. Keeping 20 bytes for each would exceed this.
  assert.ok(growth < 1_000_000, `${growth} bytes`)
})
