// Prints everything that an Express app can see of its responses, and of their `locals`. EXPRESS is its module.
const { createServer } = require('node:http')
const express = require(process.env.EXPRESS)

const descriptors = (object) =>
  Object.entries(Object.getOwnPropertyDescriptors(object)).map(([name, { value, ...attributes }]) => [
    name,
    typeof value,
    attributes,
  ])
const see = (request, response) => {
  const seen = {
    url: request.url,
    request: descriptors(request).filter(([name]) => !name.startsWith('_')),
    response: descriptors(response).filter(([name]) => !name.startsWith('_')),
    keys: Object.keys(response),
    inherited: Object.keys(Object.getPrototypeOf(response)),
    enumerated: Object.keys(express.response),
    locals: [Object.getPrototypeOf(response.locals), response.locals],
    stack: new Error('here').stack,
  }
  response.json(seen)
}
const inner = express().get('/:id', see)
const app = express().set('env', 'test')
app.locals.title = 'ours'
app.use((_request, response, next) => {
  response.locals.user = 'me'
  next()
})
app.get('/:id', see)
app.use('/mounted', inner)
app.use('/routed', express.Router().use(inner))
app.get('/replaced/:id', (request, response) => {
  response.locals = { mine: true }
  see(request, response)
})
// The app gives all responses their locals.
const shared = express().get('/:id', see)
shared.response.locals = { shared: true }

async function get(listener, path) {
  const server = createServer(listener)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`)
  console.log(path, response.status, Object.keys(Object.fromEntries(response.headers)).join(), await response.text())
  server.close()
}

/** Prints what an app can see of a prototype of routers without looking at the attributes of its properties. */
function printRouters(prototype) {
  const { handle } = prototype
  console.log(
    Object.keys(prototype),
    Object.keys({ ...prototype }),
    typeof handle,
    handle.name,
    handle.length,
    Object.hasOwn(prototype, 'handle'),
  )
  const router = express.Router()
  console.log(Reflect.ownKeys(router), 'handle' in router, router.handle === handle, router.handle === prototype.handle)
  // What inherits the function may throw when anything else of it is read.
  const trapped = new Proxy(express.Router(), {
    get(target, key, receiver) {
      if (key === 'stack') throw new Error('thrown by a trap')
      return Reflect.get(target, key, receiver)
    },
  })
  console.log(trapped.handle === handle, Reflect.get(prototype, 'handle', 'text') === handle)
  // A router with a function of its own, and a function of the app's for all routers, which may be taken back.
  router.handle = () => 'own'
  console.log(router.handle(), Object.getOwnPropertyDescriptor(router, 'handle'), prototype.handle === handle)
  prototype.handle = function replaced(...args) {
    return handle.apply(this, args)
  }
  console.log(Object.getOwnPropertyDescriptor(prototype, 'handle'), express.Router().handle.name)
}

async function print() {
  for (const path of ['/1', '/mounted/2', '/routed/3', '/replaced/4']) {
    await get(app, path)
    await get((request, response) => app(request, response), path)
  }
  await get(shared, '/5')
  console.log(Object.entries(Object.getOwnPropertyDescriptor(shared.response, 'locals')))
}
async function printAll() {
  await print()
  printRouters(Object.hasOwn(express.Router, 'handle') ? express.Router : express.Router.prototype)
  await print()
}
printAll()
