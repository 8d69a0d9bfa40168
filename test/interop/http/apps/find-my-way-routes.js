// Servers of Node's own whose requests find-my-way routes. ROUTER names its package.
import { createServer } from 'node:http'
import { loadPackage } from './load-package.js'

const createRouter = await loadPackage(process.env.ROUTER)

const ok = (_request, response) => response.end('ok')
const notFound = (_request, response) => response.writeHead(404).end()
const router = createRouter({ defaultRoute: notFound })
router.on('GET', '/', ok)
// One handler is that of several routes.
router.on('GET', '/users/:id', ok)
router.on('GET', '/users/me', ok)
router.on(['GET', 'POST'], '/users/:id/items/:item', ok)
router.on('GET', '/files/:name.:type', ok)
router.on('GET', '/number/:n(^\\d+$)', ok)
router.on('GET', '/wild/*', ok)
router.on('GET', '/fail', (_request, response) => response.writeHead(500).end())
router.on('GET', '/things/:thing', { constraints: { version: '1.2.0' } }, ok)
router.on('GET', '/things/:thing', { constraints: { version: '2.0.0' } }, (_request, response) => response.end('two'))
router.on('GET', '/never/:id', () => console.log('reached'))

// A router behind a route, which gets the same path.
const inner = createRouter({ defaultRoute: notFound })
inner.on('GET', '/inner/deep/:id', ok)
router.on('GET', '/inner/*', (request, response) => inner.lookup(request, response))

// A router behind a prefix that the app removes itself.
const below = createRouter({ defaultRoute: notFound })
below.on('GET', '/users/:id', ok)

const server = createServer((request, response) => {
  // What the app looks up itself says nothing about the request.
  below.find('GET', '/users/1')
  if (request.url.startsWith('/below/')) {
    request.url = request.url.slice('/below'.length)
    below.lookup(request, response)
  } else if (request.url === '/without') response.end('without')
  else {
    if (request.url === '/old') request.url = '/users/old'
    router.lookup(request, response)
  }
}).listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
