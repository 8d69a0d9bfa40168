import { checkEachWay } from './each-way.ts'

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

checkEachWay('h3 2', './apps/h3-routes.js', {
  needsHooks: true,
  templates: [...TEMPLATES, '/things/:thing'],
  cases: [...CASES, ['GET /things/x', '200 /things/:thing'], ['GET /things/x/y', '404 unknown']],
})

checkEachWay('h3 1', './apps/h3-1-routes.js', {
  needsHooks: true,
  templates: TEMPLATES,
  cases: CASES,
})
