// An h3 1 app, as it is inside Nitro 2 and Nuxt.
import { createServer } from 'node:http'
import { setRoute } from 'agentgateway-otel'
import { createApp, createRouter, defineEventHandler, toNodeListener } from 'h3-1'

const ok = defineEventHandler(() => 'ok')
const app = createApp({ onError: () => {} })
if (process.env.AGENTGATEWAY_ROUTES === 'explicit') app.use(defineEventHandler((event) => setRoute(event)))
app.use(
  createRouter()
    .get('/', ok)
    .get('/users/:id', ok)
    .use('/all/:any', ok)
    .get('/wild/**:rest', ok)
    .get(
      '/fail',
      defineEventHandler(() => {
        throw new Error('thrown by a handler')
      }),
    ),
)

const server = createServer(toNodeListener(app))
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
