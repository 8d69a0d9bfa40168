import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { generatedPages } from '../../packages/exporter/src/testing/generated-pages.ts'
import { cachedProgram } from '../harness/debian-unstable.ts'
import { pythonParserIsMissing, refusedByPython } from '../harness/python-parser.ts'
import { prometheusIsMissing, startPrometheus } from '../harness/real-prometheus.ts'

const PAGES = 300
const SEED = Date.now() % 1_000_000
const TYPES = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}
const FORMATS = ['text', 'openmetrics'] as const
const PROMETHEUS_3 = cachedProgram('prometheus-3')

describe(`pages of generated metrics (seed ${SEED})`, () => {
  let directory: string
  const pathsOf = (format: keyof typeof TYPES) =>
    Array.from({ length: PAGES }, (_, i) => join(directory, `${i}.${format}`))

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'generated-pages-'))
    let i = 0
    for await (const page of generatedPages(PAGES, SEED)) {
      for (const format of FORMATS) writeFileSync(join(directory, `${i}.${format}`), page[format])
      i++
    }
  })
  after(() => rmSync(directory, { recursive: true, force: true }))

  for (const format of FORMATS) {
    it(`are accepted by the parser of prometheus_client in ${format}`, { skip: pythonParserIsMissing() }, () => {
      assert.deepEqual(refusedByPython(pathsOf(format), format), [])
    })
  }

  for (const [name, command, skip] of [
    ['the Prometheus on the PATH', undefined, prometheusIsMissing()],
    ['Prometheus 3', PROMETHEUS_3, PROMETHEUS_3 === undefined && 'NOT TESTED with Prometheus 3: it was not fetched'],
  ] as const) {
    it(`are scraped by ${name} in both formats without a complaint`, { skip }, async () => {
      const server = createServer((request, response) => {
        const path = join(directory, request.url as string)
        response.setHeader('content-type', path.endsWith('.text') ? TYPES.text : TYPES.openmetrics)
        response.end(readFileSync(path))
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const target = `127.0.0.1:${(server.address() as AddressInfo).port}`
      const jobs = FORMATS.flatMap((format) =>
        Array.from({ length: PAGES }, (_, i) => ({
          job_name: `${i}.${format}`,
          metrics_path: `/${i}.${format}`,
          scrape_interval: '5s',
          static_configs: [{ targets: [target] }],
        })),
      )
      const prometheus = await startPrometheus(JSON.stringify({ scrape_configs: jobs }), command)
      try {
        const up = await prometheus.queryUntil('up', (samples) => samples.length === jobs.length)
        assert.deepEqual(
          up.filter(({ value }) => value !== 1).map(({ metric }) => metric.job),
          [],
        )
        const complaints = prometheus
          .log()
          .split('\n')
          .filter((line) => /level=(warn|error)/i.test(line))
        assert.deepEqual(complaints.slice(0, 5), [])
      } finally {
        await prometheus.stop()
        server.close()
        server.closeAllConnections()
      }
    })
  }
})
