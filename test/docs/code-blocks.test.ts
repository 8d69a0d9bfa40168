import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { basename, dirname } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { childEnv } from '../harness/environment.ts'
import { freePort } from '../harness/free-port.ts'
import { fencedBlocks } from './fenced-blocks.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/**
 * Code that runs after an example, and checks what the example did: by the package whose README has it, or by a function
 * that it calls. Other examples only have to run.
 */
const OUTCOMES: Readonly<Record<string, string>> = {
  meter: `
    const text = await (await fetch('http://localhost:9464/metrics')).text()
    for (const state of ['paid', 'refused']) {
      if (!new RegExp('^orders_total{method="card",state="' + state + '",.*} 1$', 'm').test(text)) throw new Error(text)
    }`,
  exporter: `
    const response = await fetch(url)
    if (!(await response.text()).includes('agentgateway_requests_total')) throw new Error(url)`,
  getInstrumentations: `
    const { createServer } = await import('node:http')
    const server = createServer((request, response) => response.end('hello')).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    await (await fetch('http://127.0.0.1:' + server.address().port)).text()
    const text = await (await fetch('http://localhost:9464/metrics')).text()
    if (!/^agentgateway_requests_total\\{method="GET",status="200",.*gateway="shop".*\\} 1$/m.test(text)) throw new Error(text)`,
}

const outcomeOf = (file: string, code: string) =>
  OUTCOMES[code.includes('getInstrumentations') ? 'getInstrumentations' : basename(dirname(file))] ?? ''

/** How Node.js is told what a block of each language is. */
const INPUT_TYPES: Readonly<Record<string, string>> = { js: 'module', cjs: 'commonjs', ts: 'module-typescript' }

describe('the JavaScript in the documents', async () => {
  const blocks = await fencedBlocks(['README.md', 'packages/*/README.md', 'docs/*.md'])
  for (const { file, line, language, code } of blocks) {
    const inputType = INPUT_TYPES[language]
    // The steps of the tutorial run in tutorial.slow.test.ts, one after the other.
    if (inputType === undefined || file === 'docs/tutorial.md') continue
    it(`${file}, line ${line}, runs without writing to stderr`, async () => {
      const outcome = outcomeOf(file, code)
      const text = `${code}\n${outcome}\nprocess.exit()`
        .replaceAll('9464', String(await freePort()))
        .replace('port: 15020', "host: '127.0.0.1', port: 0")
      // With this folder as the working directory, packages resolve as in a file of it.
      const flags = ['--import', './code-block-globals.js', `--input-type=${inputType}`, '--eval', text]
      const { stderr } = await promisify(execFile)(process.execPath, flags, { cwd: HERE, env: childEnv() })
      assert.equal(stderr, '')
    })
  }
})
