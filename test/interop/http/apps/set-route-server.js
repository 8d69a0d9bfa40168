// A plain server that calls `setRoute` for its routes, also with arguments of no use.
import { createServer } from 'node:http'

export function serve(setRoute) {
  const hostile = new Proxy(
    {},
    {
      get() {
        throw new Error('thrown by an object of the app')
      },
    },
  )
  const calls = {
    '/users/': (request) => setRoute(request, '/users/:id'),
    '/twice/': (request) => {
      setRoute(request, '/once/:id')
      setRoute(request, '/twice/:id')
    },
    '/kept/': (request) => {
      setRoute(request, '/kept/:id')
      for (const useless of [undefined, null, '', 5, {}, Symbol('s')]) setRoute(request, useless)
    },
    '/useless/': (request) => {
      for (const useless of [undefined, null, '', 'text', 5, {}, [], () => {}, Object.create(null), hostile]) {
        setRoute(useless, '/useless/:id')
        setRoute(useless)
      }
      setRoute()
      setRoute(request)
    },
    '/wrapped/': (request) => setRoute({ req: request }, '/wrapped/:id'),
    '/broken/': (request) => {
      Object.defineProperty(request, 'route', {
        get() {
          throw new Error('thrown by what a framework left on a request')
        },
      })
    },
    '/late/': (request, response) => response.on('close', () => setRoute(request, '/late/:id')),
  }
  const server = createServer((request, response) => {
    for (const [prefix, call] of Object.entries(calls)) if (request.url.startsWith(prefix)) call(request, response)
    response.end('ok')
  })
  server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
}
