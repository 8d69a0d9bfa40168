// An app of Express to be bundled, which gets its requests from a function, and has an app in a router.
import { createServer } from 'node:http'
import express from 'express'

const pages = express()
pages.get('/page/:id', (_request, response) => response.end('ok'))
pages.get('/fail/:id', () => {
  throw new Error('thrown by a route')
})
const app = express().set('env', 'test').use('/outer/:x', express.Router().use('/deep', pages))
const server = createServer((request, response) => app(request, response))
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
