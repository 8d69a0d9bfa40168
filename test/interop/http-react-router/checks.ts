import { fileURLToPath } from 'node:url'
import { startBuiltApp } from '../../harness/built-app.ts'
import { withHooksOrExpress } from '../http/each-way.ts'
import { checkRoutes, type RouteChecks } from '../http/routes.ts'
import { buildServer, serverIn } from './build.ts'

/** What differs between versions of React Router. */
interface Version {
  readonly name: string
  /** The folder that has the packages. */
  readonly folder: URL
  /** How its client requests the data of the page at the root. */
  readonly rootData: string
  /** What it does with data of `/users/_`, or of `/users/` in the other version. */
  readonly underscore: string
  /** To Express, all routes of React Router are one for every path: this one. */
  readonly everyPath: string
}

/** Checks the routes of the app, built and served by a version of React Router. */
export function checkReactRouter({ name, folder, rootData, underscore, everyPath }: Version): void {
  const known = (checks: RouteChecks) => withHooksOrExpress(checks, everyPath)
  const start = (base?: string) => async () =>
    startBuiltApp(serverIn(folder), { NODE_ENV: 'production' }, [await buildServer(folder, base)])

  checkRoutes(
    name,
    start(),
    known({
      neverResponds: ['/never/1', '/never/:id'],
      // A URL that React Router refuses has the route of Express.
      templates: ['/', '/users/:id', '/users/:id/posts/:post?', '/api/items/:item', '/docs/*', '/fail', everyPath],
      cases: [
        ['GET /', '200 /'],
        ['GET /users/1?q=2', '200 /users/:id'],
        ['GET /users/1/posts/2', '200 /users/:id/posts/:post?'],
        // What React Router's client requests as a user goes to a page.
        ['GET /users/1.data', '200 /users/:id'],
        [`GET ${rootData}`, '200 /'],
        ['GET /users/_root.data', '200 /users/:id'],
        ['GET /users/_.data', underscore],
        ['GET /api/items/1', '200 /api/items/:item'],
        ['GET /docs/a/b', '200 /docs/*'],
        ['GET /fail', '500 /fail'],
        ['GET /nowhere', '404 unknown'],
        ['GET /users/1/2', '404 unknown'],
      ],
    }),
  )

  checkRoutes(
    `${name} below a basename`,
    start('/base'),
    known({
      cases: [
        ['GET /base/users/1', '200 /base/users/:id'],
        ['GET /base', '200 /base'],
        [`GET /base${rootData}`, '200 /base'],
        ['GET /users/1', '404 unknown'],
      ],
    }),
  )

  // With hooks and without: an app in React Router's own server has nothing that leads to Node's request.
  checkRoutes(
    `${name} in an app's own server that calls setRoute`,
    async () => {
      const script = fileURLToPath(new URL('serve.js', import.meta.url))
      return startBuiltApp(script, { NODE_ENV: 'production' }, [await buildServer(folder), fileURLToPath(folder)])
    },
    {
      cases: [
        ['GET /users/1', '200 /named-by-the-app'],
        ['GET /nowhere', '404 unknown'],
      ],
    },
  )
}
