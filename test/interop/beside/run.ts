/**
 * Compares the routes that other agents report with those that apps declare, in all apps of the tests of routes, and writes
 * `results.json`. It takes minutes.
 *
 *     pnpm compare:routes
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AGENTS } from '../coexistence/agents.ts'
import { FRAMEWORKS } from '../frameworks.ts'
import type { ComparedRequest } from './compare-routes.ts'
import { COMPARED_AGENTS, RESULTS } from './results.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Tests of Express, further to those of the table of frameworks. */
const EXPRESS_TESTS = ['express-functions', 'express-mounts'].map((name) => `http/routes-${name}.test.ts`)

const tests = new Set([...FRAMEWORKS.map(({ folder, test }) => `${folder}/${test}`), ...EXPRESS_TESTS])
const files = [...tests].map((test) => here(`../${test}`))
const folder = mkdtempSync(join(tmpdir(), 'compared-routes-'))
try {
  const compared: ComparedRequest[] = []
  for (const agent of COMPARED_AGENTS) {
    const file = join(folder, `${compared.length}.jsonl`)
    writeFileSync(file, '')
    // Without this variable `node --test` runs the files itself, also where a test started this script.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const run = spawn(process.execPath, ['--test', '--test-concurrency=2', '--test-reporter=dot', ...files], {
      env: { ...env, COMPARED_AGENT: agent, COMPARED_FILE: file },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    await once(run, 'exit')
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
    compared.push(...lines.map((line) => JSON.parse(line) as ComparedRequest))
  }
  const versions = Object.fromEntries(COMPARED_AGENTS.map((agent) => [agent, versionOf(agent)]))
  const lines = compared.map((request) => JSON.stringify(request)).sort()
  writeFileSync(RESULTS, `{"versions":${JSON.stringify(versions)},"requests":[\n${lines.join(',\n')}\n]}\n`)
} finally {
  rmSync(folder, { recursive: true })
}

function versionOf(agent: string): string {
  const { folder = '.', packages } = AGENTS[agent] ?? { packages: [] }
  const file = here(`../coexistence/${folder}/node_modules/${packages[0]}/package.json`)
  return JSON.parse(readFileSync(file, 'utf8')).version
}
