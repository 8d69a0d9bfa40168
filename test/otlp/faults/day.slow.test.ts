import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type App, startApp } from '../../harness/app.ts'
import { until } from '../../harness/until.ts'
import type { TestCollector } from './faulty-app.ts'
import { FaultyCollector } from './faulty-collector.ts'
import { GrpcCollector } from './grpc-collector.ts'
import { GRPC_FAULTS } from './grpc-table.ts'
import { FAULTS } from './table.ts'

/** As many as there are in a day, at the default interval. */
const EXPORTS = 1440

const EXPORTS_PER_FAULT = 10

/** A socket has some kilobytes, so that a leak of one for each export would be several times as much. */
const MAX_GROWTH_BYTES = 1_000_000

async function measure(app: App): Promise<{ heapBytes: number; descriptors: number }> {
  const earlier = app.stdout().match(/^measured/gm)?.length ?? 0
  app.writeLine('')
  const [, heapBytes, descriptors] = await until(() => [...app.stdout().matchAll(/^measured (\d+) (\d+)$/gm)][earlier])
  return { heapBytes: Number(heapBytes), descriptors: Number(descriptors) }
}

/** Exports for a day to a collector that does each of these wrong in turn, and asserts that what the app holds does not grow. */
async function assertFlat<F>(collector: TestCollector<F>, faults: readonly F[]): Promise<void> {
  await collector.listen()
  const app = await startApp(new URL('../apps/measures-itself.js', import.meta.url), {
    earlierOptions: ['--expose-gc'],
    env: { ...collector.env, OTEL_METRIC_EXPORT_INTERVAL: '50', OTEL_METRIC_EXPORT_TIMEOUT: '50' },
  })
  const measured: Awaited<ReturnType<typeof measure>>[] = []
  let exports = 0
  for (let i = 0; exports < EXPORTS; i++) {
    collector.turn(faults[i % faults.length])
    await until(() => collector.connections + collector.requests >= EXPORTS_PER_FAULT || undefined)
    exports += Math.max(collector.connections, collector.requests)
    collector.turn()
    await until(() => collector.requests > 0 || undefined)
    exports += collector.requests
    if ((i + 1) % faults.length === 0) measured.push(await measure(app))
  }
  // In the first round functions are compiled, and caches are filled.
  const [, first = assert.fail(), ...others] = measured
  const last = others.at(-1) ?? assert.fail()
  const grown = `${last.heapBytes - first.heapBytes} bytes in ${exports} exports`
  assert.ok(last.heapBytes - first.heapBytes < MAX_GROWTH_BYTES, grown)
  assert.ok(last.descriptors <= first.descriptors + 1, `${last.descriptors} descriptors`)
  await app.stop()
  await collector.close()
}

describe('a day of exports to a collector that does everything wrong in turn', () => {
  it('leaves neither memory nor sockets behind, by HTTP', () =>
    assertFlat(new FaultyCollector(), Object.values(FAULTS)))

  it('leaves neither memory nor sockets behind, by gRPC', () =>
    assertFlat(new GrpcCollector(), Object.values(GRPC_FAULTS)))
})
