// The package router, or the Router of Express without an app, in servers of Node's own, and in one of connect. ROUTER names the package.
import { createServer } from 'node:http'
import finalhandler from 'finalhandler'
import { loadPackage } from './load-package.js'

const connect = await loadPackage('connect')
const exported = await loadPackage(process.env.ROUTER)
const Router = exported.Router ?? exported

const ok = (_request, response) => response.end('ok')
const items = Router({ mergeParams: true })
items.get('/', ok)
items.get('/:item', ok)
items.get('/:item/fail', () => {
  throw new Error('thrown by a route')
})
const users = Router()
users.use((request, response, next) => {
  if (!request.url.includes('refused')) return next()
  response.statusCode = 401
  response.end()
})
users.get('/', ok)
users.get('/:id', ok)
users.get('/passed/:on', (_request, _response, next) => next())
users.use('/:id/items', items)
const hidden = Router()
hidden.get('/passed/:on', (_request, _response, next) => next())
hidden.get('/:id', ok)
const passing = Router().use((_request, _response, next) => next())

const handled = Router().get('/handled/:id', ok)

const router = Router()
router.get('/', ok)
router.use('/users', users)
router.use('/api', Router().use('/v1', users))
router.use('/hidden', (request, response, next) => hidden(request, response, next))
router.get('/hidden/passed/:next', ok)
router.use('/later/:group', (request, response, next) => setImmediate(() => hidden(request, response, next)))
router.use('/second', (request, response, next) => passing(request, response, () => hidden(request, response, next)))
router.use('/cut', (request, response, next) => {
  request.url = request.url.slice('/v2'.length)
  hidden(request, response, next)
})
router.get('/handled/:id', (request, response, next) => handled(request, response, next))
router.use('/files', ok)
router.route('/things/:thing').get(ok).post(ok)
router.get('/never/:id', () => console.log('reached'))

const app = connect()
app.use('/mounted', router)
app.use('/outer', connect().use('/inner', router))
app.use(router)
const handle = (request, response) => router(request, response, finalhandler(request, response, { env: 'test' }))
const server = createServer((request, response) => {
  if (request.url.startsWith('/own/')) {
    request.url = request.url.slice('/own'.length)
    handle(request, response)
  } else if (process.env.CONNECT) app(request, response)
  else handle(request, response)
}).listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
