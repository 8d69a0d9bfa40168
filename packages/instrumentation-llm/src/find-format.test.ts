import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findFormat } from './find-format.ts'
import { FORMATS } from './formats/index.ts'

/** For each format that is only for some models, one of these is such a model. */
const MODELS = ['x', 'embedding', 'imagen-4.0', '@cf/openai/gpt-oss-20b', '@cf/baai/bge-m3']

describe('findFormat', () => {
  for (const format of FORMATS) {
    it(`finds the format ${format.name} by each of its paths, behind any prefix`, () => {
      const model = MODELS.find((name) => format.models?.test(name) !== false)
      assert.ok(model, 'MODELS has a model of the format')
      for (const path of format.paths) {
        const match = findFormat('POST', `/prefix${path.slice(1).replace('{model}', model)}?a=b`)
        assert.equal(match?.format, format, path)
        assert.equal(match.model, path.includes('{model}') ? model : undefined)
      }
    })
  }

  it('finds no LLM format for another method or path', () => {
    assert.equal(findFormat('GET', '/v1/chat/completions'), undefined)
    assert.equal(findFormat('POST', '/v1/chat/completions/abc'), undefined)
    assert.equal(findFormat('POST', '/'), undefined)
  })
})
