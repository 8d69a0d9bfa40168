import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { LABEL_SETS, METRICS } from '@agentgateway-otel/metrics'
import GithubSlugger from 'github-slugger'
import { withoutBlocks } from './fenced-blocks.ts'
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
      for (const [found, name = '', star] of text.matchAll(/\b(agentgateway_[a-z_]+)(\*?)/g)) {
        // `agentgateway_llm_*` stands for all names that begin so.
        const isName = star ? [...names].some((known) => known.startsWith(name)) : names.has(name)
        assert.ok(isName, found)
      }
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

    it(`${name} links only to files and headings that there are`, () => {
      for (const { link, path, heading } of linksOf(text)) {
        const target = path === '' ? name : join(dirname(name), path)
        assert.ok(existsSync(join(ROOT, target)), link)
        if (heading === undefined) continue
        // GitHub shows the README of a folder.
        const document = target.endsWith('.md') ? target : join(target, 'README.md')
        assert.ok(headingsOf(document).has(heading), `${link}: no such heading`)
      }
    })
  }

  for (const name of documents.filter((name) => /^packages\/[^/]+\/README\.md$/.test(name))) {
    it(`${name} has links that npm can resolve`, () => {
      const folder = dirname(name)
      const { private: isPrivate, repository } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'))
      if (isPrivate) return
      // npm resolves relative links from this folder of the repository.
      assert.equal(repository?.directory, folder)
      assert.match(repository.url, /^git\+https:\/\/github\.com\/.+\.git$/)
      for (const { link, path } of linksOf(readFileSync(join(ROOT, name), 'utf8'))) {
        assert.doesNotMatch(link, /^\/|\\|\s/, 'is not relative')
        assert.doesNotMatch(join(folder, path), /^\.\./, `${link} leaves the repository`)
      }
    })
  }
})

/** The links of a document that are not to other sites, each as a whole and in its two parts. */
const linksOf = (text: string) =>
  Array.from(withoutBlocks(text).matchAll(/\]\((?!https?:)(([^)#]*)(?:#([^)]+))?)\)/g), ([, link, path, heading]) => ({
    link: link ?? '',
    path: path ?? '',
    heading,
  }))

const known = new Map<string, ReadonlySet<string>>()

/** The names by which GitHub links to the headings of a document. */
function headingsOf(document: string): ReadonlySet<string> {
  const before = known.get(document)
  if (before !== undefined) return before
  const slugger = new GithubSlugger()
  const text = withoutBlocks(readFileSync(join(ROOT, document), 'utf8'))
  // Of a link in a heading, only the text counts.
  const headings = Array.from(text.matchAll(/^#{1,6} (.+)$/gm), ([, heading = '']) =>
    slugger.slug(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')),
  )
  known.set(document, new Set(headings))
  return new Set(headings)
}
