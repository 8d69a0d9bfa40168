import { describe, it } from 'node:test'
import { until } from '../../harness/until.ts'
import { assertRecovers, assertSaid, exportsArrive, runApp } from './faulty-app.ts'
import { GrpcCollector } from './grpc-collector.ts'
import { GRPC_FAULTS } from './grpc-table.ts'

describe('a collector of gRPC that', { concurrency: 8 }, () => {
  for (const [name, { says, ...fault }] of Object.entries(GRPC_FAULTS)) {
    it(`${name} has one line on stderr, and the exports again when it is mended`, async () => {
      const collector = new GrpcCollector()
      await runApp({ collector, fault, intervalMs: 400 }, async (app) => {
        // Exports go on at their interval, whatever became of those before.
        await until(() => collector.connections + collector.requests >= 6 || undefined)
        assertSaid(app, collector, says)
        await assertRecovers(app, collector)
        assertSaid(app, collector, says)
      })
    })
  }

  it('is not there has one line on stderr, and the exports when it is', async () => {
    const collector = new GrpcCollector()
    await runApp({ collector, intervalMs: 400 }, async (app) => {
      await exportsArrive(collector, 1)
      await collector.close()
      // An export that was under way may have another line.
      await app.line(/cannot send metrics to \S+ \(connect ECONNREFUSED 127\.0\.0\.1:\d+\); trying again/, 'stderr')
      await collector.listen()
      await assertRecovers(app, collector)
    })
  })
})
