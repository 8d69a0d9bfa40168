import { startApp } from '../../harness/app.ts'
import { hasHooks } from './each-way.ts'
import { checkRoutes, type RouteCase } from './routes.ts'

const file = new URL('./apps/express-functions.js', import.meta.url)

/** The requests to the app that is mounted, and their routes. The first one is the first of the process, which none before it tells of. */
const pages = (path: string, mount = path): readonly RouteCase[] => [
  [`GET ${path}/more/page/1`, `200 ${mount}/more/page/:id`],
  [`GET ${path}/page/1?q=2`, `200 ${mount}/page/:id`],
  [`GET ${path}/`, `200 ${mount || '/'}`],
  // Nothing of the mounts is left on a request after an error.
  [`GET ${path}/fail/1`, `500 ${mount}/fail/:id`],
  [`GET ${path}/more/fail/1`, `500 ${mount}/more/fail/:id`],
  [`GET ${path}/nowhere`, '404 unknown'],
]
const unknown = (path: string): RouteCase[] =>
  pages(path).map(([request, expected]) => [request, `${expected.slice(0, 3)} unknown`])

/** The apps, by how they get their requests. */
const FORMS: Readonly<Record<string, readonly RouteCase[]>> = {
  function: pages(''),
  choosing: [
    ...pages('/first/1/deep', '/first/:x/deep'),
    ...pages('/second/deep'),
    ...pages('/1/2/deep', '/:any/:x/deep'),
  ],
  inApp: pages('/outer/1', '/outer/:x'),
  inRouter: pages('/outer/1/deep', '/outer/:x/deep'),
  inFunction: pages('/outer/1', '/outer/:x'),
  after: [...pages('/outer/1', '/outer/:x'), ['GET /first', '200 /first']],
  rewritten: pages('/old', '/outer/:x/deep'),
  // The function calls a router that mounts another one, and neither is in the app.
  hiddenRouters: pages('/outer/1/hidden/2', '/outer/:x/hidden/:y').slice(0, 4),
  // Routers that no app has pass requests on to the app.
  inRouterAlone: pages('/outer/1', '/outer/:x'),
  inRoutersAlone: pages('/outer/1/deep', '/outer/:x/deep'),
  inRouterFunction: pages('/outer/1', '/outer/:x'),
  inRouterPackage: pages('/outer/1', '/outer/:x'),
  twoRouters: [
    ...pages('/first/1', '/first/:x'),
    ...pages('/second/2', '/second/:y'),
    // Both routers would match this path.
    ...unknown('/both/1'),
  ],
  routersAlone: pages('/outer/1/deep', '/outer/:x/deep'),
  // What the app itself takes of the path is not known.
  cut: unknown('/cut/outer/1/deep'),
  inConnect: hasHooks() ? pages('/outer') : unknown('/outer'),
  inKoa: unknown('/outer'),
  inKoaRoute: pages('/outer/1', '/outer/:x').map(([request, expected]) => [
    request,
    expected.replace('404 unknown', `404 ${hasHooks() ? '/outer/{*rest}' : 'unknown'}`),
  ]),
}

for (const EXPRESS of ['express', 'express4']) {
  for (const [FORM, cases] of Object.entries(FORMS)) {
    checkRoutes(
      `${EXPRESS} that gets its requests otherwise: ${FORM}`,
      () => startApp(file, { env: { EXPRESS, FORM } }),
      { cases },
    )
  }
  // Fastify takes the prefix from the path, and Express gets the rest.
  const inFastify: Readonly<Record<string, readonly RouteCase[]>> = {
    '@fastify/express': pages('/outer'),
    '@fastify/middie': unknown('/outer'),
  }
  for (const [MIDDLEWARES, cases] of Object.entries(inFastify)) {
    const env = { EXPRESS, FORM: 'inFastify', MIDDLEWARES }
    checkRoutes(`${EXPRESS} in Fastify with ${MIDDLEWARES}`, () => startApp(file, { env }), {
      cases: [...cases, ['GET /own/1', '200 /own/:id']],
    })
  }
}
