import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { prometheusIsMissing } from '../harness/real-prometheus.ts'
import { fencedBlocks } from './fenced-blocks.ts'

/** What each language of a block is checked by; other tests run `js`, `ts`, `promql` and `console`, and compare `text`. */
const CHECKS: Readonly<Record<string, (code: string) => void>> = {
  yaml: checkYaml,
  sh: checkShell,
  json: (code) => JSON.parse(code),
}
const CHECKED_ELSEWHERE = ['js', 'cjs', 'ts', 'promql', 'text', 'mermaid', 'dockerfile', 'console']

const blocks = await fencedBlocks(['README.md', 'docs/*.md', 'packages/*/README.md', 'examples/*/README.md'])

describe('the blocks of code in the documents', () => {
  for (const { file, line, language, code } of blocks) {
    const check = CHECKS[language]
    if (check === undefined) {
      it(`${file}, line ${line}, says its language, which a test knows`, () => {
        assert.ok(CHECKED_ELSEWHERE.includes(language), `“${language}”`)
      })
      continue
    }
    it(`${file}, line ${line}, is ${language}`, () => check(code))
  }

  const configurations = blocks.filter(({ language, code }) => language === 'yaml' && /^scrape_configs:/m.test(code))
  for (const { file, line, code } of configurations) {
    it(`${file}, line ${line}, is a configuration of Prometheus`, { skip: prometheusIsMissing() }, () => {
      const folder = mkdtempSync(join(tmpdir(), 'configuration-'))
      try {
        writeFileSync(join(folder, 'prometheus.yml'), code)
        // promtool wants the files of rules to be there.
        for (const [, name = ''] of code.matchAll(/^ *- (\S+\.rules\.ya?ml)$/gm))
          writeFileSync(join(folder, name), 'groups: []')
        const args = ['check', 'config', 'prometheus.yml']
        const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' })
        assert.equal(status, 0, stdout + stderr)
      } finally {
        rmSync(folder, { recursive: true })
      }
    })
  }
})

function checkYaml(code: string): void {
  for (const document of parseAllDocuments(code)) assert.deepEqual(document.errors, [])
}

function checkShell(code: string): void {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: code, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
}
