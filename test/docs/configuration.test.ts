import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import type { Variable } from '../../packages/agentgateway-otel/src/configuration/variable.ts'
import { VARIABLES } from '../../packages/agentgateway-otel/src/configuration/variables.ts'
import { IMPLEMENTED, NOT_IMPLEMENTED, SPECIFICATION } from './specification-variables.ts'

const DOCUMENT = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')

const ALL: readonly Variable<unknown>[] = Object.values(VARIABLES)

/** Variables of OpenTelemetry's SDK for Node.js that are not in the specification. */
const OF_NODE_SDK = ['OTEL_NODE_RESOURCE_DETECTORS']

const rows = DOCUMENT.split('\n').filter((line) => line.startsWith('|'))
const rowsOf = (name: string) => rows.filter((row) => row.split('|')[1]?.includes(`\`${name}\``))

describe("OpenTelemetry's variables", () => {
  it('are those of the specification that docs/configuration.md names', () => {
    assert.ok(DOCUMENT.includes(`version ${SPECIFICATION.version}`))
  })

  for (const name of IMPLEMENTED) {
    it(`has ${name}, and a row that says what the specification and what the package makes of it`, () => {
      const { documentation } = ALL.find(({ names }) => names.includes(name)) ?? assert.fail('no such variable')
      const [row = '', ...others] = rowsOf(name)
      assert.deepEqual(others, [])
      for (const text of [documentation.specification, documentation.effect]) assert.ok(row.includes(text ?? '-'), row)
    })
  }

  it('has each other variable of the specification in one row, which says why it has no effect', () => {
    for (const { names, reason } of NOT_IMPLEMENTED) {
      for (const name of names) {
        assert.ok(!ALL.some((variable) => variable.names.includes(name)), name)
        assert.equal(rowsOf(name).length, 1, name)
        assert.ok(rowsOf(name)[0]?.includes(reason), name)
      }
    }
  })

  it('has no variable that looks like one of the specification, but is not', () => {
    const invented = ALL.flatMap(({ names }) => names).filter(
      (name) => name.startsWith('OTEL_') && !IMPLEMENTED.includes(name) && !OF_NODE_SDK.includes(name),
    )
    assert.deepEqual(invented, [])
  })
})
