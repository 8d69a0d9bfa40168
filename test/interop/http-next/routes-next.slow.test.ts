import { startBuiltApp } from '../../harness/built-app.ts'
import { checkRoutes } from '../http/routes.ts'
import { buildStandalone } from './build.ts'

checkRoutes('Next.js, standalone', async () => startBuiltApp(await buildStandalone()), {
  templates: [
    // Pages and route handlers of the app router.
    '/',
    '/users/[id]',
    '/docs/[...slug]',
    '/shop/[[...path]]',
    '/grouped/[x]',
    '/found/[id]',
    '/fail',
    '/[...rest]',
    '/api/items/[item]',
    // Pages and API routes of the pages router.
    '/posts/[slug]',
    '/about',
    '/api/old/[key]',
  ],
  cases: [
    ['GET /', '200 /'],
    ['GET /users/1?q=2', '200 /users/[id]'],
    ['HEAD /users/1', '200 /users/[id]'],
    ['GET /users/[id]', '200 /users/[id]'],
    ['GET /people/1', '200 /users/[id]'],
    ['GET /docs/a/b', '200 /docs/[...slug]'],
    ['GET /shop', '200 /shop/[[...path]]'],
    ['GET /shop/a/b', '200 /shop/[[...path]]'],
    ['GET /grouped/1', '200 /grouped/[x]'],
    ['GET /found/yes', '200 /found/[id]'],
    ['GET /found/no', '404 /found/[id]'],
    ['GET /fail', '500 /fail'],
    ['GET /api/items/1', '200 /api/items/[item]'],
    ['POST /api/items/1', '200 /api/items/[item]', { a: 1 }],
    ['DELETE /api/items/1', '405 /api/items/[item]'],
    ['GET /posts/1', '200 /posts/[slug]'],
    ['GET /posts/broken', '500 /posts/[slug]'],
    ['GET /about', '200 /about'],
    ['GET /api/old/1', '200 /api/old/[key]'],
    ['GET /old', '307 unknown'],
    ['GET /hello.txt', '200 unknown'],
    // A page for every path finds nothing, and then something.
    ['GET /nowhere', '404 unknown'],
    ['GET /nowhere?found=1', '200 /[...rest]'],
    ['GET /users/1/2', '404 unknown'],
    ['GET /api/nowhere', '404 unknown'],
    ['GET /_next/static/none.js', '404 unknown'],
    ['GET /users/%', '400 unknown'],
  ],
})
