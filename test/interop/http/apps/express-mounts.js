// An Express app whose routers are mounted in several places, hidden behind functions, and mounted or removed while it
// runs. EXPRESS is the app's module, ROUTER that of its routers.
const { default: express } = await import(process.env.EXPRESS)
const { default: Router = express.Router } = process.env.ROUTER ? await import(process.env.ROUTER) : {}
const is4 = process.env.EXPRESS === 'express4'
const rest = is4 ? '*' : '*rest'
const ok = (_request, response) => response.send('ok')
const fail = () => {
  throw new Error('thrown by a route')
}
const router = (options) => Router(options)
const routes = (add, options) => {
  const made = router(options)
  add(made)
  return made
}
/** Returns a function that calls a router, so that the router cannot be seen in the app. */
const behind = (choose) => (request, response, next) => choose(request)(request, response, next)

const app = express()
app.use(express.json())

// This router is mounted in one place, and called by a function in another.
const things = routes((r) => r.get('/things/:id', ok).get('/broken/:id', fail))
app.use('/v1', things)
app.use(
  '/latest',
  behind(() => things),
)

// This router is mounted while the app runs, and removed again.
const late = router()
app.post('/plug', (_request, response) => {
  late.use('/v2', things)
  response.send('plugged')
})
app.post('/unplug', (_request, response) => {
  const { stack } = app._router ?? app.router
  stack.splice(
    stack.findIndex(({ handle }) => handle === things),
    1,
  )
  late.use('/:version', things)
  response.send('unplugged')
})

// A function chooses between these routers by the request, and they are mounted nowhere.
const first = routes((r) => r.get('/cats/:id', ok).get('/bad/:id', fail))
const second = routes((r) => r.get('/cats/:id', ok).get('/dogs', ok))
app.use(
  '/api/:tenant',
  behind(({ query }) => (query.v === '2' ? second : first)),
)
app.use(
  '/fresh',
  behind(() => routes((r) => r.get('/made/:id', ok))),
)
app.use(
  '/deep',
  behind(() => routes((r) => r.use('/inner/:x', first))),
)

// A function calls this router, which is also mounted, and which has a router in it.
const posts = routes((r) => r.get('/:post', ok), { mergeParams: true })
const users = routes((r) => r.use('/:user/posts', posts))
app.use('/users', users)
app.use(
  '/members',
  behind(() => users),
)

// Two mounts match the same path. The parameters of the request tell which one it was, or their order does.
const merging = routes((r) => r.get('/end', ok), { mergeParams: true })
const apart = routes((r) => r.get('/end', ok))
app.use('/merging/me', merging)
app.use('/merging/:who', merging)
app.use('/apart/me', apart)
app.use('/apart/:who', apart)
app.use('/alike/:who', apart, apart)

// The router is the handler of a route, which takes nothing from the path.
app.get(
  `/as-route/${rest}`,
  routes((r) => r.get('/as-route/:x', ok).use('/as-route/more', first)),
)
app.all(
  `/as-function/${rest}`,
  behind(() => routes((r) => r.get('/as-function/:x', ok))),
)

// Apps are in a router, in a function, in a route and in an app.
const subApp = () => {
  const sub = express()
  sub.get('/page/:id', ok)
  sub.get('/bad/:id', fail)
  sub.use(
    '/things',
    routes((r) => r.get('/:id', ok).get('/:id/bad', fail)),
  )
  return sub
}
app.use(
  '/holder',
  routes((r) => r.use('/app', subApp())),
)
const hidden = subApp()
app.use(
  '/hidden-app',
  behind(() => hidden),
)
app.use(
  '/fresh-app',
  behind(() => subApp()),
)
const outer = subApp()
outer.use('/inner/:x', subApp())
app.use('/outer', outer)
const routed = express()
routed.get('/routed-app/:id', ok)
app.all(`/routed-app/${rest}`, routed)

// The URL is rewritten before the routers, inside one, and by the route itself.
app.use((request, _response, next) => {
  request.url = request.url.replace(/^\/once/, '/rewriting/twice')
  next()
})
const rewriting = router()
rewriting.use((request, _response, next) => {
  request.url = request.url.replace(/^\/twice/, '/target')
  next()
})
rewriting.get('/target/:id', ok)
rewriting.get('/third/:id', (request, response) => {
  request.url = '/upstream'
  response.send('ok')
})
app.use('/rewriting', rewriting)
app.use((request, _response, next) => {
  request.url = request.url.replace(/^\/before/, '/after')
  next()
})
app.get('/after/:id', (request, response) => {
  request.url = '/upstream'
  response.send('ok')
})

// A route passes the request on, to a handler that is no route.
app.get(`/passing/${rest}`, (_request, _response, next) => next())
app.use('/passing/files', (_request, response) => response.send('a file'))

// A router contains itself.
const circle = router()
circle.use('/again', circle)
circle.get('/end/:id', ok)
app.use('/circle', circle)

app.use(late)
app.all(is4 ? '*' : '/{*all}', (request, response) => response.status(request.query.found ? 200 : 404).send('the rest'))
app.use((error, _request, response, _next) => response.status(500).send(error.message))
const server = app.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
