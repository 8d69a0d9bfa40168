import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { childEnv } from '../harness/environment.ts'
import { freePort } from '../harness/free-port.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

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

describe('the JavaScript in the READMEs', async () => {
  const files = await Array.fromAsync(glob(['README.md', 'packages/*/README.md'], { cwd: ROOT }))
  for (const file of files.sort()) {
    const blocks = readFileSync(join(ROOT, file), 'utf8').matchAll(/```js\n([\s\S]*?)```/g)
    for (const [i, [, code = '']] of [...blocks].entries()) {
      it(`${file}, block ${i + 1}, runs without writing to stderr`, async () => {
        const outcome = outcomeOf(file, code)
        const text = `${code}\n${outcome}\nprocess.exit()`
          .replaceAll('9464', String(await freePort()))
          .replace('port: 15020', "host: '127.0.0.1', port: 0")
        // With this folder as the working directory, packages resolve as in a file of it.
        const flags = ['--import', './code-block-globals.js', '--input-type=module', '--eval', text]
        const { stderr } = await promisify(execFile)(process.execPath, flags, { cwd: HERE, env: childEnv() })
        assert.equal(stderr, '')
      })
    }
  }
})
