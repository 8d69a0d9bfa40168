import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { NODE, REGISTER } from '../harness/app.ts'
import { app, createSite, type Running, requests, type Site } from './app.ts'

const { resolve } = createRequire(import.meta.url)
const SERVER = app('server.cjs')

/** How each starts the app; `npm` and `npx` are those of the PATH. */
const WRAPPERS: Readonly<Record<string, readonly string[]>> = {
  'npm start': ['npm', 'start'],
  'npx -c': ['npx', '-c', 'node server.cjs'],
  'pnpm start (of version 10)': [
    NODE,
    new URL('./node_modules/pnpm10/bin/pnpm.cjs', import.meta.url).pathname,
    'start',
  ],
  'yarn start': [NODE, resolve('yarn/bin/yarn.js'), 'start'],
  tsx: [NODE, resolve('tsx/cli'), 'server.cjs'],
  nodemon: [NODE, resolve('nodemon/bin/nodemon.js'), 'server.cjs'],
  'node --watch': [NODE, '--watch', 'server.cjs'],
  'node --test': [NODE, '--test', '--test-reporter=spec', 'server.test.cjs'],
}

describe('what only starts the app, and inherits NODE_OPTIONS', () => {
  let site: Site
  beforeEach(async () => {
    site = await createSite()
    const files = {
      'package.json': JSON.stringify({ private: true, scripts: { start: 'node server.cjs' } }),
      'server.cjs': `require(${JSON.stringify(SERVER)})`,
      'server.test.cjs': `require('node:test').it('serves', () => new Promise(() => require(${JSON.stringify(SERVER)})))`,
    }
    for (const [name, content] of Object.entries(files)) await writeFile(join(site.directory, name), content)
  })
  afterEach(() => site.clear())

  for (const [name, [command = '', ...args]] of Object.entries(WRAPPERS)) {
    it(`leaves the port to the app: ${name}`, async () => {
      const wrapper: Running = site.run(command, args, {
        env: {
          NODE_OPTIONS: `--import ${REGISTER}`,
          OTEL_LOG_LEVEL: 'debug',
          PATH: `${dirname(NODE)}${delimiter}${process.env.PATH}`,
          npm_config_update_notifier: 'false',
        },
      })
      const [, port] = await wrapper.line(/^ready (\d+)|ready (\d+)/)
      try {
        await (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })).text()
        await site.scrapeUntil((now) => requests(now) === 1)
        // Where a second process takes part, there is a folder for its numbers.
        const places = (await readdir(site.directory)).filter((place) => place.startsWith('agentgateway-otel'))
        const met = (await readdir(join(site.directory, places[0] ?? ''))).filter((place) => !place.endsWith('.sock'))
        assert.deepEqual(met, [], wrapper.stderr())
      } finally {
        for (const pid of await descendants(wrapper.child.pid)) process.kill(pid, 'SIGKILL')
      }
    })
  }
})

/** The processes that this one started, and those that they did. */
async function descendants(of: number | undefined): Promise<number[]> {
  const { readFileSync } = await import('node:fs')
  const parents = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // It has ended meanwhile.
    }
  }
  const isOf = (pid: number | undefined): boolean => pid !== undefined && (pid === of || isOf(parents.get(pid)))
  return [...parents.keys()].filter(isOf)
}
