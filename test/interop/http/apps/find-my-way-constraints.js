// A server of Node's own whose requests find-my-way routes by a constraint that the app derives: at once below `/now`, and asynchronously
// below `/later`. It fails where one of its functions runs once more than find-my-way calls it. ROUTER names the package.
import { createServer } from 'node:http'
import { loadPackage } from './load-package.js'

const createRouter = await loadPackage(process.env.ROUTER)

/** The request that is searched for, or undefined while routes are added. */
let searched
const derived = new WeakSet()

function tenantOf(request) {
  if (derived.has(request)) throw new Error('derived once more')
  derived.add(request)
  return new URL(request.url, 'http://localhost').searchParams.get('tenant') ?? undefined
}

function storage() {
  const handlers = new Map()
  const requests = new WeakSet()
  return {
    get(tenant) {
      if (searched && requests.has(searched)) throw new Error('looked up once more')
      if (searched) requests.add(searched)
      return handlers.get(tenant)
    },
    set: (tenant, handler) => handlers.set(tenant, handler),
  }
}

/** Begins the search of a request that waits until another one has been derived. */
let searchWaiting

const strategies = {
  now: (request) => {
    searched = request
    return tenantOf(request)
  },
  later: (request, _context, done) => {
    const tenant = tenantOf(request)
    const search = () => {
      searched = request
      if (tenant === 'unheard') done(new Error('there is no such tenant'))
      else done(null, tenant)
    }
    const before = searchWaiting
    searchWaiting = request.url.startsWith('/later/wait') ? search : undefined
    if (searchWaiting) console.log('waiting')
    else
      setImmediate(() => {
        before?.()
        search()
      })
  },
}

const respondWith = (status) => (_request, response) => response.writeHead(status).end()

function createTenants(when) {
  const constraints = { tenant: { name: 'tenant', storage, deriveConstraint: strategies[when] } }
  const router = createRouter({ defaultRoute: respondWith(404), constraints })
  router.on('GET', `/${when}/:id`, { constraints: { tenant: 'a' } }, respondWith(200))
  router.on('GET', `/${when}/:name`, { constraints: { tenant: 'b' } }, respondWith(202))
  router.on('GET', `/${when}/all/:any`, respondWith(200))
  router.on('GET', `/${when}/*`, { constraints: { tenant: 'c' } }, respondWith(203))
  return router
}

/** Newer versions can look up by functions that they compile. */
function createCompiled(when) {
  const constraints = {
    tenant: { name: 'tenant', storage, deriveConstraint: strategies[when], mustMatchWhenDerived: true },
  }
  const router = createRouter({ defaultRoute: respondWith(404), constraints })
  router.on('GET', `/${when}/compiled/:id`, { constraints: { tenant: 'a' } }, respondWith(200))
  router.compile?.()
  return router
}

const routers = Object.fromEntries(
  ['now', 'later'].flatMap((when) => [
    [when, createTenants(when)],
    [`${when}/compiled`, createCompiled(when)],
  ]),
)

const server = createServer((request, response) => {
  const [, when, next] = new URL(request.url, 'http://localhost').pathname.split('/')
  const router = routers[next === 'compiled' ? `${when}/compiled` : when] ?? routers.now
  if (when !== 'later') return router.lookup(request, response)
  router.lookup(request, response, (error) => error && response.writeHead(500).end())
}).listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
