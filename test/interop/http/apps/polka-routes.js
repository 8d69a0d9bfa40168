// A Polka app with apps in it. APP is the package.
import { loadPackage } from './load-package.js'

const polka = await loadPackage(process.env.APP)

const isPolka0 = process.env.APP === 'polka'
const ok = (_request, response) => response.end('ok')
const refuse = (request, response, next) => {
  if (!request.url.includes('refused')) return next()
  response.statusCode = 401
  response.end()
}
const users = polka()
users.get('/', ok)
users.get('/:id', ok)
users.get('/:id/items/:item', ok)
users.get(
  '/:id/fail',
  (_request, _response, next) => next(),
  (_request, _response, next) => next(new Error('handed over by a handler')),
)
const tenants = polka()
tenants.use(async (_request, _response, next) => {
  await new Promise(setImmediate)
  return next()
})
tenants.get('/about', ok)
tenants.use('/users', users)

const app = polka()
app.use(refuse)
app.get('/', ok)
app.get('/things/own', ok)
app.get('/things/:thing', ok)
app.post('/things/:thing', ok)
app.all('/any/:x', ok)
app.get('/wild/*', ok)
app.get('/never/:id', () => console.log('reached'))
app.use('/users', users)
app.use('/tenants', tenants)
app.use('/files', ok)
if (!isPolka0) app.get('/tenants/other/*', ok)
app.listen(0, '127.0.0.1', () => console.log(`ready ${app.server.address().port}`))
