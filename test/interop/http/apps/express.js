// An Express app with nested routers. EXPRESS is its module: express (5) or express4.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import compression from 'compression'

const { default: express } = await import(process.env.EXPRESS ?? 'express')

const posts = express.Router({ mergeParams: true })
posts.get('/', (_request, response) => response.json([]))
posts.get('/:postId', (request, response) => response.json(request.params))
posts.get('/:postId/fail', () => {
  throw new Error('thrown by a route of an inner router')
})

const users = express.Router()
users.get('/', (_request, response) => response.send('users'))
users.get('/:id', (request, response) => response.send(request.params.id))
users.use('/:id/posts', posts)

const numbers = express.Router()
numbers.get('/square', (_request, response) => response.send('n'))

const admin = express()
admin.get('/', (_request, response) => response.send('admin'))
admin.get('/log/:day', (_request, response) => response.send('log'))

const app = express()
app.use(express.json())
app.get('/', (_request, response) => response.send('hello'))
app.use('/users', users)
app.use('/people', users)
app.use('/Files/v1.0', numbers)
app.use('/admin', admin)
app.get(/^\/re.*x$/, (_request, response) => response.send('matched'))
app.get(['/first', '/second/:x'], (_request, response) => response.send('one of two'))
app.post('/echo', (request, response) => response.json(request.body))
app.get('/zipped', compression({ threshold: 0 }), (_request, response) => response.send('word '.repeat(2000)))
app.get('/never', () => {})
app.get('/half', async (_request, response) => {
  response.write('half')
  await once(response, 'close')
})
app.get('/later', async (_request, response) => {
  await sleep(1)
  response.send('later')
})
app.use('/static', express.static(import.meta.dirname))
app.use((error, _request, response, _next) => response.status(500).send(`failed: ${error.message}`))

const server = app.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
