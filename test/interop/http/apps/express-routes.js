// An Express app that uses every feature of Express's routing. EXPRESS is its module: express (5) or express4.
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { setRoute } from 'agentgateway-otel'

const { default: express } = await import(process.env.EXPRESS ?? 'express')
const ok = (_request, response) => response.send('ok')
const fail = (_request, _response) => {
  throw new Error('thrown by a route')
}

const posts = express.Router({ mergeParams: true })
posts.get('/', ok)
posts.get('/:postId', ok)
posts.get('/:postId/fail', fail)

const users = express.Router()
users.get('/', ok)
users.get('/:id', ok)
users.use('/:id/posts', posts)

const numbers = express.Router()
numbers.get('/square', ok)

const inner = express()
inner.get('/deep/:id', ok)

const admin = express()
admin.get('/', ok)
admin.get('/log/:day', ok)
admin.use('/inner', inner)

const items = express.Router({ mergeParams: true })
items.get('/items/:item', ok)

const sides = express()
sides.get('/item/:id', ok)

const twice = express()
twice.get('/part/:id', ok)
twice.use('/inner', inner)

const app = express()
app.use(express.json())
app.param('key', (_request, response, next, key) => {
  if (key === 'no') response.status(403).send('no')
  else next(key === 'broken' ? new Error('thrown by a parameter') : undefined)
})
app.get('/', ok)
app.use('/users', users)
app.use('/people', users)
app.use('/Files/v1.0', numbers)
app.use('/admin', admin)
app.get(/^\/re.*x$/, ok)
app.get(['/first', '/second/:x'], ok)
app.get('/later', async (_request, response) => {
  await sleep(1)
  response.send('later')
})
app.get('/late-fail', async (_request, _response, next) => {
  await sleep(1)
  next(new Error('handed over by a route'))
})
app.get('/never/:id', () => console.log('reached'))
app.get('/named/:name', (request, response) => {
  setRoute(request, '/named/{name}')
  response.send('ok')
})
app.all('/all/:any', ok)
app.route('/chained/:id').get(ok).delete(ok)
app.get('/guarded/:key', ok)
app.use(/^\/v\d/, items)
app.use('/t/:tenant', items)
app.use(items)
app.use('/t/:tenant/u/:user', items)
app.use(['/one', '/two'], items)
const holder = express.Router()
holder.use('/app', express().get('/of-its-own/:id', ok))
app.use('/holder', holder)
app.use('/before/:x', twice)
app.use('/after', twice)
app.use(['/left', '/far/right'], sides)
app.use((request, _response, next) => {
  request.url = request.url.replace(/^\/old/, '/rewritten')
  next()
})
app.get('/rewritten/:id', ok)
app.get('/proxied/:id', (request, response) => {
  request.url = '/elsewhere'
  response.send('ok')
})
if (process.env.EXPRESS === 'express4') {
  app.get('/optional/:id?', ok)
  app.get('/wild/*', ok)
  app.get('/number/:n(\\d+)', ok)
} else {
  const box = express.Router()
  box.get('/box', ok)
  app.get('/optional{/:id}', ok)
  app.get('/wild/*splat', ok)
  app.use('/by-size/:size', box)
}
const rest = express.Router()
rest.all(process.env.EXPRESS === 'express4' ? '*' : '*path', (request, response) =>
  response.status(request.query.found ? 200 : 404).send('the rest'),
)
app.use('/rest', rest)
app.use('/static', express.static(import.meta.dirname))
app.use((error, _request, response, _next) => response.status(error.status ?? 500).send(`failed: ${error.message}`))

// This app shares routers with the first one.
const internal = express()
internal.use('/internal/:area/users', users)

const server = createServer((request, response) => {
  if (request.url.startsWith('/internal')) internal(request, response)
  else app(request, response)
})
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
