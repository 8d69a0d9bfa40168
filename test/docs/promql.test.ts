import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { LABEL_SETS, METRICS } from '@agentgateway-otel/metrics'
import { prometheusIsMissing } from '../harness/real-prometheus.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const documents = await Array.fromAsync(glob('{packages/*/README.md,docs/*.md,README.md}', { cwd: ROOT }))

const queries = documents.flatMap((document) =>
  [...readFileSync(join(ROOT, document), 'utf8').matchAll(/^```promql\n(.*?)^```/gms)].map(([, query = '']) => ({
    document,
    query,
  })),
)

const NAMES = new Set<string>(
  Object.values(METRICS).flatMap(({ name, kind }) =>
    kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  ),
)
/** Labels that Prometheus adds, also to alerts, that every series has, that histograms have, and that the price rules have. */
const OTHER_LABELS = ['job', 'instance', 'alertname', 'alertstate', 'gateway', 'le', 'model']
const LABELS = new Set<string>([
  ...OTHER_LABELS,
  ...Object.values(LABEL_SETS).flatMap((labels) => labels.map(([label]) => label.replaceAll('.', '_'))),
])

describe('the queries in the documents', () => {
  it('are found', () => assert.ok(queries.length >= 3, `${queries.length} queries`))

  it('are PromQL', { skip: prometheusIsMissing() }, () => {
    const directory = mkdtempSync(join(tmpdir(), 'promql-'))
    try {
      const rules = queries.map(({ query }, i) => ({ record: `query_${i}`, expr: query }))
      // JSON is YAML.
      writeFileSync(join(directory, 'rules.yml'), JSON.stringify({ groups: [{ name: 'documents', rules }] }))
      const check = spawnSync('promtool', ['check', 'rules', 'rules.yml'], { cwd: directory, encoding: 'utf8' })
      assert.equal(check.status, 0, check.stdout + check.stderr)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  // Queries of other packages' metrics are checked with these packages, in test/interop/migrating.
  const own = queries.filter(
    ({ query }) => !/\bhttp_|gen_ai_client_(?:operation_duration|token_usage)_(?:sum|count)/.test(query),
  )
  for (const { document, query } of own) {
    it(`of ${document} name metrics and labels that there are: ${query.replace(/\s+/g, ' ')}`, () => {
      for (const [name] of query.matchAll(/\bagentgateway_\w+/g)) assert.ok(NAMES.has(name), name)
      for (const [, label = ''] of query.matchAll(/[{,]\s*(\w+)\s*(?:=~|!~|!=|=)/g)) assert.ok(LABELS.has(label), label)
    })
  }
})
