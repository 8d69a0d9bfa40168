import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { FORMATS, findFormat } from './formats/index.ts'

/** Names of models, of which every format that is for some models has one. */
const MODELS = ['x', 'embedding', 'imagen-4.0', '@cf/openai/gpt-oss-20b', '@cf/baai/bge-m3']

it('the README has every format, in order, with its paths, and each of these leads to it', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const rows = [...readme.matchAll(/^\| (.+?) +\| (`….*?`) +\|$/gm)].map(([, name, paths]) => [name, paths])
  const paths = (format: (typeof FORMATS)[number]) => format.paths.map((path) => `\`${path}\``).join(', ')
  assert.deepEqual(
    rows,
    FORMATS.map((format) => [format.name, paths(format)]),
  )
  for (const format of FORMATS) {
    for (const path of format.paths) {
      const model = MODELS.find((name) => format.models?.test(name) !== false) ?? ''
      const found = findFormat('POST', `/prefix${path.slice(1).replace('{model}', model)}?a=b`)
      assert.equal(found?.format, format, path)
      assert.equal(found.model, path.includes('{model}') ? model : undefined)
    }
  }
})
