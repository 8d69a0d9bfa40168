// An app's own server of React Router, in the version that a folder has, which says the route itself.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { setRoute } from 'agentgateway-otel'
import express from 'express'

const [script, folder] = process.argv.slice(2)
const { createRequestHandler } = createRequire(`${folder}package.json`)('@react-router/express')
const build = await import(pathToFileURL(script))
const app = express()
app.use('/users', (request, _response, next) => {
  setRoute(request, '/named-by-the-app')
  next()
})
app.all('/{*splat}', createRequestHandler({ build }))
app.listen(Number(process.env.PORT), '127.0.0.1')
