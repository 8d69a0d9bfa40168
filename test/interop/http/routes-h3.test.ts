import { startApp } from '../../harness/app.ts'
import { checkRoutes } from './routes.ts'

const TEMPLATES = ['/', '/users/:id', '/all/:any', '/wild/**:rest', '/fail']
const CASES = [
  ['GET /', '200 /'],
  ['GET /users/1?q=2', '200 /users/:id'],
  ['PUT /all/x', '200 /all/:any'],
  ['GET /wild/a/b', '200 /wild/**:rest'],
  ['GET /fail', '500 /fail'],
  ['GET /nowhere', '404 unknown'],
  ['GET /users/1/2', '404 unknown'],
] as const

checkRoutes('h3 2', () => startApp(new URL('./apps/h3-routes.js', import.meta.url)), {
  templates: [...TEMPLATES, '/things/:thing'],
  cases: [...CASES, ['GET /things/x', '200 /things/:thing'], ['GET /things/x/y', '404 unknown']],
})

checkRoutes('h3 1', () => startApp(new URL('./apps/h3-1-routes.js', import.meta.url)), {
  templates: TEMPLATES,
  cases: CASES,
})
