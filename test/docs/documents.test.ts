import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { LABEL_SETS, METRICS } from '@agentgateway-otel/metrics'
import { generatedDocuments } from './generated.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const documents = (
  await Array.fromAsync(glob('**/*.md', { cwd: ROOT, exclude: (name) => name.includes('node_modules') }))
).sort()

describe('the documents', () => {
  it('have the generated sections as the code makes them (`pnpm generate` writes them)', () => {
    for (const [url, document] of generatedDocuments()) {
      assert.ok(existsSync(new URL(url)), url)
      assert.equal(readFileSync(new URL(url), 'utf8'), document, url)
    }
  })

  for (const name of documents) {
    const text = readFileSync(join(ROOT, name), 'utf8')

    it(`${name} names only metrics of the table`, () => {
      const names = new Set<string>(
        Object.values(METRICS).flatMap(({ name, kind }) =>
          kind === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
        ),
      )
      for (const [found] of text.matchAll(/\bagentgateway_(?!\*)[a-z_]+/g)) assert.ok(names.has(found), found)
    })

    it(`${name} lists the right labels of each metric`, () => {
      for (const [, rows = ''] of text.matchAll(/^\|.* labels .*\|\n\|[-:| ]+\|\n((?:\|.*\|\n)+)/gm)) {
        for (const [, metric, cells] of rows.matchAll(/^\| `(agentgateway_\w+)` *\|(.*)\|$/gm)) {
          const definition = Object.values(METRICS).find(({ name }) => name === metric)
          const labels = LABEL_SETS[definition?.labels ?? assert.fail(metric)].map(([label]) => label).join(', ')
          assert.ok(
            cells?.split('|').some((cell) => cell.trim() === labels),
            `${metric}: ${labels}`,
          )
        }
      }
    })

    it(`${name} links only to existing files`, () => {
      for (const [, link] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        assert.ok(existsSync(join(ROOT, dirname(name), link ?? '')), link)
      }
    })
  }
})
