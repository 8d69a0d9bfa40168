// Remix in a server of the app's own, which has routes of Express, too.
import { createRequestHandler } from '@remix-run/express'
import { installGlobals } from '@remix-run/node'
import { setRoute } from 'agentgateway-otel'
import express from 'express4'
import * as build from './remix.js'

installGlobals()
const app = express()
app.get('/express/:id', (_request, response) => response.send('ok'))
app.use(
  '/below',
  express.Router().get('/:id', (_request, response) => response.send('ok')),
)
app.all('/docs/named', (request, _response, next) => {
  setRoute(request, '/docs/{name}')
  next()
})
app.all('*', createRequestHandler({ build, mode: 'production' }))
const server = app.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
