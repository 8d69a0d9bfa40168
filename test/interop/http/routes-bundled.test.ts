import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { startApp } from '../../harness/app.ts'
import { hasHooks } from './each-way.ts'
import { checkRoutes, type RouteCase, withoutRoutes } from './routes.ts'

let directory: string
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'agentgateway-otel-'))
})
after(() => rm(directory, { recursive: true }))

/** Starts an app whose framework is in one file with it. */
async function startBundled(app: string, minify: boolean) {
  const outfile = join(directory, `${app}-${minify}.mjs`)
  await build({
    entryPoints: [fileURLToPath(new URL(`./apps/${app}.js`, import.meta.url))],
    bundle: true,
    minify,
    format: 'esm',
    platform: 'node',
    outfile,
    // CommonJS packages in an ES module require Node's own modules.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  })
  return startApp(outfile)
}

const APPS: Readonly<Record<string, readonly RouteCase[]>> = {
  'hono-routes': [
    ['GET /users/1', '200 /users/:id'],
    ['GET /users/1/items/2?refused=1', '401 /users/:id/items/:item'],
  ],
  'h3-routes': [
    ['GET /users/1', '200 /users/:id'],
    ['GET /things/x', '200 /things/:thing'],
  ],
  'h3-1-routes': [
    ['GET /users/1', '200 /users/:id'],
    ['GET /wild/a/b', '200 /wild/**:rest'],
  ],
  // The bundler writes the statements of most routers in another way.
  'small-routers': [
    ['GET /find-my-way/1', '200 unknown'],
    ['GET /0http/1', '200 unknown'],
    ['GET /polka/1', '200 unknown'],
    ['GET /polka-1/1', '200 unknown'],
    ['GET /router/1', '200 unknown'],
    ['GET /trpc/hello', '200 /trpc/hello'],
    ['GET /graphql?query=%7Bhello%7D', '200 /graphql'],
  ],
}

for (const [app, cases] of Object.entries(APPS)) {
  // Where there are no hooks, routes are unknown.
  checkRoutes(`a bundle of ${app}`, () => startBundled(app, false), {
    cases: hasHooks() ? cases : withoutRoutes(cases),
  })
  checkRoutes(`a minified bundle of ${app}`, () => startBundled(app, true), { cases: withoutRoutes(cases) })
}

// In a bundle the first response tells of Express, so the mounts above an app are not known before.
for (const minify of [false, true]) {
  checkRoutes(`a ${minify ? 'minified ' : ''}bundle of Express`, () => startBundled('express-bundled', minify), {
    cases: [
      ['GET /outer/1/deep/fail/1', '500 unknown'],
      ['GET /outer/1/deep/page/1', '200 /outer/:x/deep/page/:id'],
      ['GET /outer/1/deep/fail/1', '500 /outer/:x/deep/fail/:id'],
    ],
  })
}
