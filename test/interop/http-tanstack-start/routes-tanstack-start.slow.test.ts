import assert from 'node:assert/strict'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startBuiltApp } from '../../harness/built-app.ts'
import { COMPARED_AGENT } from '../beside/compare-routes.ts'
import { hasHooks } from '../http/each-way.ts'
import { checkRoutes, type RouteCase, withoutRoutes } from '../http/routes.ts'
import { buildServer, type StartBuild } from './build.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const PRODUCTION = { NODE_ENV: 'production' }

/** Starts the server that Nitro built. */
const startNitro = (build: StartBuild) => async () =>
  startBuiltApp(await buildServer({ ...build, nitro: true }), PRODUCTION)

/** Starts an app's own server with the handler that was built. */
const startOwn =
  (server: string, build: StartBuild = {}) =>
  async () =>
    startBuiltApp(here('serve.js'), PRODUCTION, [await buildServer(build), server])

const CASES: readonly RouteCase[] = [
  ['GET /', '200 /'],
  ['GET /users/1?q=2', '200 /users/$userId'],
  ['GET /users/a%20b', '200 /users/$userId'],
  ['GET /users/1/posts', '200 /users/$userId/posts/{-$post}'],
  ['GET /users/1/posts/2', '200 /users/$userId/posts/{-$post}'],
  // A layout without a path and a group are no part of the path.
  ['GET /about', '200 /about'],
  ['GET /docs/a/b', '200 /docs/$'],
  ['GET /fail', '500 /fail'],
  ['GET /found/no', '404 /found/$id'],
  // Server routes.
  ['GET /api/items/1', '200 /api/items/$item'],
  ['POST /api/items/1', '200 /api/items/$item', {}],
  ['GET /files/a.txt', '200 /files/{$name}.txt'],
  ['GET /api/fail', '500 /api/fail'],
  // Server functions: an id is no route.
  ['POST /_serverFn/hello', '200 /_serverFn/$serverFnId'],
  ['GET /_serverFn/hello', '405 /_serverFn/$serverFnId'],
  ['POST /_serverFn/other', '500 /_serverFn/$serverFnId'],
  // A redirect of the app, of the router to the path without a slash, and to the path that `rewrite` leaves.
  ['GET /old/1', '307 /old/$id'],
  ['GET /users/1/', '307 /users/$userId'],
  ['GET /de/users/1', '307 /users/$userId'],
  // A middleware of the route responds.
  ['GET /users/1?refused=user', '401 /users/$userId'],
  ['GET /nowhere', '404 unknown'],
  ['GET /users/1/nothing', '404 unknown'],
]

/** Returns the cases of an app whose routes are not found without hooks, except those that `setRoute` says. */
const known = (cases: readonly RouteCase[], assigned: readonly RouteCase[] = []): readonly RouteCase[] => [
  ...(hasHooks() ? cases : withoutRoutes(cases)),
  ...assigned,
]

const NAMED: RouteCase = ['POST /_serverFn/named', '200 /_serverFn/named']

const TEMPLATES = [
  ...['/', '/users/$userId', '/users/$userId/posts/{-$post}', '/about', '/docs/$', '/fail', '/found/$id', '/old/$id'],
  ...['/api/items/$item', '/files/{$name}.txt', '/api/fail', '/_serverFn/$serverFnId', '/_serverFn/named'],
]

checkRoutes('TanStack Start with Nitro', startNitro({}), {
  ...(hasHooks() && {
    neverResponds: ['/api/never/1', '/api/never/$id'],
    // What Start's own middleware responds to, and paths that it redirects before it looks for a route, have Nitro's.
    templates: [...TEMPLATES, '/**'],
  }),
  cases: known([...CASES, ['GET /?refused=all', '401 /**']], [NAMED]),
})

checkRoutes('TanStack Start with srvx', async () => startBuiltApp(...(await srvx())), {
  ...(hasHooks() && { neverResponds: ['/api/never/1', '/api/never/$id'], templates: TEMPLATES }),
  cases: known([...CASES, ['GET /?refused=all', '401 unknown']], [NAMED]),
})

/** What starts the command of srvx, which also serves the files of the app's client. */
async function srvx(): Promise<Parameters<typeof startBuiltApp>> {
  const command = fileURLToPath(import.meta.resolve('srvx/cli')).replace(/dist.*/, 'bin/srvx.mjs')
  return [command, PRODUCTION, ['--prod', '--host', '127.0.0.1', '-s', '../client', await buildServer({})]]
}

checkRoutes('TanStack Start on @hono/node-server', startOwn('hono'), { cases: known(CASES, [NAMED]) })

checkRoutes('TanStack Start on Express', startOwn('express'), {
  cases: known(
    [...CASES, ['GET /mount/users/1', '200 /mount/users/$userId']],
    [NAMED, ['GET /express/1', '200 /express/:id']],
  ),
})

checkRoutes('TanStack Start below a base', startOwn('node', { base: '/base' }), {
  cases: known([
    ['GET /base/users/1', '200 /base/users/$userId'],
    ['GET /base/api/items/1', '200 /base/api/items/$item'],
    ['GET /base/', '200 /base'],
    ['GET /base', '307 /base'],
    ['POST /base/_serverFn/hello', '200 /base/_serverFn/$serverFnId'],
    // Start responds to paths without the base, too.
    ['GET /api/items/1', '200 /api/items/$item'],
    ['GET /base/nowhere', '404 unknown'],
  ]),
})

checkRoutes('TanStack Start for Solid, with Nitro', startNitro({ framework: 'solid' }), {
  cases: known(CASES, [NAMED]),
})

// Nothing leads from the web `Request` that this server makes to Node's request.
checkRoutes('TanStack Start in a server that calls setRoute', startOwn('own'), {
  cases: [
    ['GET /users/1', '200 /users/$userId'],
    ['GET /api/items/1', '200 unknown'],
  ],
})

if (COMPARED_AGENT === undefined) {
  it('TanStack Start sends the same responses with the preload as without', async () => {
    const [withPreload, without] = await Promise.all([responses('--import'), responses('none')])
    assert.match(without, /Error: stack\n +at /)
    assert.equal(withPreload, without)
  })
}

/** Returns what a server that Nitro built sends. */
async function responses(preload: '--import' | 'none'): Promise<string> {
  const app = await startBuiltApp(await buildServer({ nitro: true }), PRODUCTION, [], preload)
  try {
    const texts: string[] = []
    for (const [request] of [...CASES, NAMED, ['GET /api/stack']] as const) {
      const [method = '', path = ''] = request.split(' ')
      const response = await fetch(`http://127.0.0.1:${app.ready}${path}`, { method, redirect: 'manual' })
      const headers = [...response.headers].filter(([name]) => name !== 'date')
      const text = `${request} ${response.status} ${JSON.stringify(headers)}\n${await response.text()}`
      // A page has the time at which it was made.
      texts.push(text.replaceAll(app.ready, 'PORT').replaceAll(/\b\d{13}\b/g, 'TIME'))
    }
    return texts.join('\n')
  } finally {
    await app.stop()
  }
}
