import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { NODE, REGISTER } from '../harness/app.ts'
import { app, createDeployment, type Deployment, requests, sendRequest } from './deployment.ts'

const { resolve } = createRequire(import.meta.url)
const SERVER = app('server.cjs')

/** The command by which each wrapper starts the app; `npm` and `npx` are those of the PATH. */
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

describe('a wrapper that starts the app and inherits NODE_OPTIONS', () => {
  let deployment: Deployment
  beforeEach(async () => {
    deployment = await createDeployment()
    const files = {
      'package.json': JSON.stringify({ private: true, scripts: { start: 'node server.cjs' } }),
      'server.cjs': `require(${JSON.stringify(SERVER)})`,
      'server.test.cjs': `require('node:test').it('serves', () => new Promise(() => require(${JSON.stringify(SERVER)})))`,
    }
    for (const [name, content] of Object.entries(files)) await writeFile(join(deployment.directory, name), content)
  })
  afterEach(() => deployment.clear())

  for (const [name, [command = '', ...args]] of Object.entries(WRAPPERS)) {
    it(`leaves the port to the app: ${name}`, async () => {
      const wrapper = deployment.run(command, args, {
        env: {
          NODE_OPTIONS: `--import ${REGISTER}`,
          OTEL_LOG_LEVEL: 'debug',
          PATH: `${dirname(NODE)}${delimiter}${process.env.PATH}`,
          npm_config_update_notifier: 'false',
        },
      })
      const [, port] = await wrapper.line(/ready (\d+)/)
      try {
        await sendRequest(Number(port))
        await deployment.scrapeUntil((now) => requests(now) === 1)
        // Had a second process joined, there would be a directory of snapshots beside the peer socket.
        const [rendezvous = ''] = (await readdir(deployment.directory)).filter((name) =>
          name.startsWith('agentgateway-otel'),
        )
        const entries = await readdir(join(deployment.directory, rendezvous))
        assert.deepEqual(
          entries.filter((name) => !name.endsWith('.sock')),
          [],
          wrapper.stderr(),
        )
      } finally {
        for (const pid of await descendants(wrapper.child.pid)) process.kill(pid, 'SIGKILL')
      }
    })
  }
})

/** The ids of this process, of those that it started, and of those that they started. */
async function descendants(root: number | undefined): Promise<number[]> {
  const parents = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // The process has ended meanwhile.
    }
  }
  const isDescendant = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === root || isDescendant(parents.get(pid)))
  return [...parents.keys()].filter(isDescendant)
}
