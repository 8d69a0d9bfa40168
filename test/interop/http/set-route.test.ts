import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { startApp } from '../../harness/app.ts'
import { send } from './route-cases.ts'
import { checkRoutes } from './routes.ts'

const appFile = (name: string) => new URL(`./apps/${name}`, import.meta.url)

let directory: string
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'agentgateway-otel-'))
})
after(() => rm(directory, { recursive: true }))

/** Bundles an app into one file, with a copy of `setRoute` in it. Returns the file. */
async function bundle(name: string, format: 'esm' | 'cjs', minify: boolean): Promise<string> {
  const outfile = join(directory, `${minify}.${format === 'esm' ? 'mjs' : 'cjs'}`)
  await build({ entryPoints: [fileURLToPath(appFile(name))], bundle: true, minify, format, platform: 'node', outfile })
  return outfile
}

const APPS: Readonly<Record<string, () => Promise<string | URL> | URL>> = {
  'an ES module': () => appFile('set-route.js'),
  'a CommonJS app': () => appFile('set-route.cjs'),
  'an app with an instrumentation of its own': () => appFile('set-route-instrumentation.js'),
  'an app bundled to an ES module': () => bundle('set-route.js', 'esm', false),
  'an app bundled to CommonJS, minified': () => bundle('set-route.cjs', 'cjs', true),
}

for (const [name, file] of Object.entries(APPS)) {
  checkRoutes(`${name} that calls setRoute`, async () => startApp(await file()), {
    cases: [
      ['GET /users/1', '200 /users/:id'],
      ['GET /twice/1', '200 /twice/:id'],
      ['GET /kept/1', '200 /kept/:id'],
      ['GET /wrapped/1', '200 /wrapped/:id'],
      ['GET /useless/1', '200 unknown'],
      ['GET /broken/1', '200 unknown'],
      ['GET /late/1', '200 unknown'],
      ['GET /elsewhere', '200 unknown'],
    ],
  })
}

// Nothing of the frameworks is looked at, as where there are no hooks.
checkRoutes(
  'frameworks whose apps pass a template to setRoute',
  () => startApp(appFile('set-route-templates.js'), { env: { AGENTGATEWAY_ROUTES: 'explicit' } }),
  {
    cases: [
      ...['find-my-way', '0http', 'restana', 'polka', 'polka-1', 'router', 'express-router'].map(
        (name) => [`GET /${name}/1`, `200 /${name}/:id`] as const,
      ),
      // The mount of connect is the whole template: what the client requests below it is not.
      ['GET /connect', '200 /connect'],
      ['GET /connect/users/1', '200 /connect'],
      ['GET /trpc/hello', '200 /trpc/hello'],
      ['GET /graphql?query=%7Bhello%7D', '200 /graphql'],
      ['GET /apollo?query=%7Bhello%7D', '200 /apollo'],
    ],
  },
)

// connect has mounts, and no routes: as below a mount of Express, only the app knows whether a handler has templates.
checkRoutes('connect without a router, by the flag alone', () => startApp(appFile('connect-alone.js')), {
  cases: [
    ['GET /users/1', '200 unknown'],
    ['GET /named/1', '200 /named'],
    ['GET /outer/named/1', '200 /outer/named'],
    ['GET /nowhere', '404 unknown'],
  ],
})

describe('setRoute without the preload', () => {
  for (const name of ['set-route.js', 'set-route.cjs']) {
    it(`setRoute does nothing without the preload, in ${name}`, async () => {
      const app = await startApp(appFile(name), { preload: 'none' })
      for (const path of ['/users/1', '/kept/1', '/useless/1', '/late/1']) {
        assert.equal(await send(app, `GET ${path}`), 200)
      }
      await app.stop()
      assert.equal(app.stderr(), '')
    })
  }
})
