import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { FRAMEWORKS } from '../interop/frameworks.ts'

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

it("the README's line on frameworks names all whose routes are tested", () => {
  const line = README.split('\n- ').find((item) => item.startsWith('**HTTP**')) ?? ''
  for (const { name } of FRAMEWORKS) {
    // What comes after is on what, or with what, it was tested; a number is a version.
    const short = name.split(/,| with | on | by | in | \d(?= with |$)/)[0] ?? name
    assert.ok(line.includes(short), short)
  }
})
