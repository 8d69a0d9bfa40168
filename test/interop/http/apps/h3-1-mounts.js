// An h3 1 app with routers below prefixes: those of `app.use`, as Nitro's `baseURL` is, and those of `useBase`.
import { createServer } from 'node:http'
import { setRoute } from 'agentgateway-otel'
import { createApp, createRouter, defineEventHandler, toNodeListener, useBase } from 'h3-1'

const ok = defineEventHandler(() => 'ok')
const create = () =>
  createRouter()
    .get('/', ok)
    .get('/users/:id', ok)
    .get('/wild/**:rest', ok)
    .get('/files/**', ok)
    .get(
      '/fail',
      defineEventHandler(() => {
        throw new Error('thrown by a handler')
      }),
    )
const app = createApp({ onError: () => {} })
if (process.env.AGENTGATEWAY_ROUTES === 'explicit') app.use(defineEventHandler((event) => setRoute(event)))
app.use('/app', create().use('/deeper/**', useBase('/deeper', create().handler)))
app.use('/based', useBase('/more', create().handler))
app.use(
  createRouter()
    .use('/v1/**', useBase('/v1', create().handler))
    .use('/v2/**', useBase('/v2', create().handler))
    .get(
      '/**',
      defineEventHandler((event) => {
        if (event.path.includes('found')) return 'the rest'
        event.node.res.statusCode = 404
        return 'nothing'
      }),
    ),
)
const server = createServer(toNodeListener(app))
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
