import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { DEFAULT_METRICS } from '@agentgateway-otel/metrics'
import { scrape, scrapeUntil } from '../harness/app.ts'
import type { RunningProcess } from '../harness/process.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import { MANAGERS, type Manager, REGISTRY } from './managers.ts'
import { createProject, type Project } from './project.ts'
import { packAll, ROOT, type Tarball } from './tarballs.ts'

const { resolve } = createRequire(import.meta.url)
const NODE = process.execPath
const REGISTER = 'agentgateway-otel/register'

/** The bcrypt hash of `secret`, which a worker thread, from a file of its own, compares with the password. */
const WEB_CONFIG = 'basic_auth_users:\n  alice: $2b$04$XnJnEkHw86JOwSQqhbNFp.j1pst3nHbyt.fB71rZ2rnC9upyKpH2S\n'

/** Module systems of TypeScript, and how its option `module` calls them. */
const RESOLUTIONS = { bundler: 'preserve', node16: 'node16', nodenext: 'nodenext' }

const directory = mkdtempSync(join(tmpdir(), 'managers-'))
after(() => rmSync(directory, { recursive: true, force: true }))

let tarballs: readonly Tarball[]
before(async () => {
  tarballs = await packAll(directory)
})

/** Waits until a server responds, sends it a request, and asserts that its metrics have it. */
async function assertCounted(server: RunningProcess): Promise<void> {
  const [, version, url = ''] = await server.line(/^agentgateway-otel: (\S+), metrics on (\S+)$/, 'stderr')
  assert.equal(version, tarballs.find(({ name }) => name === 'agentgateway-otel')?.version)
  const [, port] = await server.line(/^ready (\d+)$/)
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'hello')
  const families = await scrapeUntil(
    () => scrape(url),
    (families) => sumOf(families, 'agentgateway_requests_total') > 0,
  )
  assert.equal(families.size, DEFAULT_METRICS.length)
  assert.equal(sumOf(families, 'agentgateway_requests_total', { route: '/greetings/:name', gateway: 'shop' }), 1)
  for (const path of ['', 'page.js']) assert.equal((await fetch(new URL(path || '/', url))).status, 200, path)
  // The command that started the server ends with it.
  await fetch(`http://127.0.0.1:${port}/end`).catch(() => {})
  assert.equal((await server.exit()).code, 0)
}

/** Checks the types of files by TypeScript, with each way of finding packages. */
async function checkTypes(project: Project, manager: Manager, files: readonly string[]): Promise<void> {
  for (const [moduleResolution, module] of Object.entries(RESOLUTIONS)) {
    const config = {
      compilerOptions: {
        ...{ module, moduleResolution, target: 'es2024', noEmit: true, strict: true, skipLibCheck: false },
        ...{ exactOptionalPropertyTypes: true, allowImportingTsExtensions: true },
        ...{ types: ['node'], typeRoots: [dirname(dirname(resolve('@types/node/package.json')))] },
      },
      files,
    }
    const name = `tsconfig.${moduleResolution}.json`
    writeFileSync(join(project.folder, name), JSON.stringify(config))
    const tsc =
      manager.typescript === undefined
        ? [NODE, join(dirname(resolve('typescript/package.json')), 'bin/tsc')]
        : [...manager.exec, 'tsc']
    await project.run([...tsc, '--project', name])
  }
}

it("docs/troubleshooting.md has the flags for Plug'n'Play that are tested here", () => {
  const { nodeFlags } = MANAGERS["yarn 4 with Plug'n'Play"] ?? assert.fail()
  const page = readFileSync(join(ROOT, 'docs/troubleshooting.md'), 'utf8')
  assert.ok(page.includes(`    node ${nodeFlags.join(' ')} --import agentgateway-otel/register app.js\n`))
})

for (const [name, manager] of Object.entries(MANAGERS)) {
  const { nodeFlags } = manager

  describe(`agentgateway-otel, installed by ${name} from its tarball alone, where no registry responds`, () => {
    let project: Project
    before(async () => {
      const own = tarballs.filter(({ name }) => name === 'agentgateway-otel')
      project = await createProject(join(directory, `${name} alone`), manager, own)
    })

    for (const flag of ['--import', '--require']) {
      for (const file of ['server.js', 'server.cjs']) {
        it(`counts the requests that ${file} serves, with ${flag}`, async () => {
          await assertCounted(project.start([...manager.node, flag, REGISTER, file]))
          await assertCounted(project.start([NODE, ...nodeFlags, flag, REGISTER, file]))
        })

        it(`counts the requests that ${file} serves, with ${flag} in NODE_OPTIONS`, async () => {
          const ways = new Set([[...nodeFlags, flag, REGISTER].join(' '), [flag, REGISTER, ...nodeFlags].join(' ')])
          // Node.js loads what is required before it loads what is imported, whichever comes first.
          for (const options of flag === '--import' ? ways : [...ways].slice(0, 1)) {
            await assertCounted(project.start([NODE, file], { NODE_OPTIONS: options }))
          }
        })
      }
    }

    it('counts the requests of the script that starts the app', async () => {
      await assertCounted(project.start(manager.start))
    })

    it('verifies passwords, in its thread', async () => {
      writeFileSync(join(project.folder, 'web.yml'), WEB_CONFIG)
      const env = { AGENTGATEWAY_WEB_CONFIG_FILE: 'web.yml' }
      const server = project.start([...manager.node, '--import', REGISTER, 'server.js'], env)
      const [, url = ''] = await server.line(/metrics on (\S+)$/, 'stderr')
      const [, port] = await server.line(/^ready (\d+)$/)
      for (const [password, status] of [
        ['secret', 200],
        ['guessed', 401],
      ]) {
        const response = await fetch(url, { headers: { authorization: `Basic ${btoa(`alice:${password}`)}` } })
        assert.equal(response.status, status, server.stderr())
        await response.text()
      }
      await fetch(`http://127.0.0.1:${port}/end`).catch(() => {})
      await server.exit()
    })

    it('has its command', async () => {
      const version = await project.run([...manager.exec, 'agentgateway-otel', '--version'])
      assert.equal(version.trim(), tarballs.find(({ name }) => name === 'agentgateway-otel')?.version)
      assert.match(await project.run([...manager.exec, 'agentgateway-otel', 'rules', '--prices']), /gpt-/)
    })
  })

  describe(`all packages, installed by ${name} from their tarballs`, () => {
    let project: Project
    /** What the packages export: modules, and files of data. */
    let modules: string[]
    let data: string[]
    before(async () => {
      project = await createProject(join(directory, `${name} all`), manager, tarballs, REGISTRY)
      const exported = tarballs.flatMap(({ name }) => {
        const folder = join(ROOT, 'packages', name.replace('@agentgateway-otel/', ''))
        const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
        return Object.keys(exports).map((path) => name + path.slice(1))
      })
      const isData = (id: string) => /\.(?:json|yaml)$/.test(id)
      data = exported.filter(isData)
      modules = exported.filter((id) => !isData(id))
      assert.ok(data.length > 0 && modules.length > 10)
    })

    it('are imported, required and read', async () => {
      const files = {
        'imports.js': `import { readFileSync } from 'node:fs'
          ${modules.map((id, index) => `import * as m${index} from '${id}'`).join('\n')}
          const keys = [${modules.map((_, index) => `m${index}`)}].map(Object.keys)
          const data = ${JSON.stringify(data)}.map((id) => [...readFileSync(new URL(import.meta.resolve(id)), 'utf8')])
          console.log(JSON.stringify([...keys, ...data].map(({ length }) => length)))`,
        'requires.cjs': `const { readFileSync } = require('node:fs')
          const keys = ${JSON.stringify(modules)}.map((id) => Object.keys(require(id)))
          const data = ${JSON.stringify(data)}.map((id) => [...readFileSync(require.resolve(id), 'utf8')])
          console.log(JSON.stringify([...keys, ...data].map(({ length }) => length)))`,
      }
      const env = { OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1', OTEL_EXPORTER_PROMETHEUS_PORT: '0' }
      for (const [file, code] of Object.entries(files)) {
        writeFileSync(join(project.folder, file), code)
        const output = await project.run([...manager.node, file], env)
        const lengths: number[] = JSON.parse(/^\[.*\]$/m.exec(output)?.[0] ?? '')
        for (const [index, id] of [...modules, ...data].entries()) {
          // The preload and the thread of passwords export nothing.
          if (!/\/(?:register|bcrypt-worker)$/.test(id)) assert.ok((lengths[index] ?? 0) > 0, id)
        }
      }
    })

    it('have types, with every way of finding packages', async () => {
      const lines = modules.map((id, index) => `import * as m${index} from '${id}'\nexport { m${index} }\n`)
      writeFileSync(join(project.folder, 'all.mts'), lines.join(''))
      writeFileSync(join(project.folder, 'types.cts'), readFileSync(join(project.folder, 'types.mts')))
      await checkTypes(project, manager, ['types.mts', 'types.cts', 'all.mts'])
    })

    it('start together, and count', async () => {
      await assertCounted(project.start([...manager.node, '--import', REGISTER, 'server.js']))
    })
  })
}
