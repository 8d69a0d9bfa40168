import type { LinkedSource } from './route-source.ts'
import { pathOf, trimSlash } from './target-path.ts'

/** What the statement that is added to GraphQL Yoga links to Node's request. */
interface YogaContext {
  readonly yoga?: {
    readonly graphqlEndpoint: string
    /** Present once a path was compared that is not the endpoint as it is written. */
    readonly _graphqlEndpointURLPattern?: { test(url: { readonly pathname: string }): boolean }
  }
}

interface MountedRequest {
  readonly baseUrl?: string
}

/** GraphQL Yoga: its route is the endpoint (`/graphql`). What a client asks for there is no part of a route. */
export const yoga: LinkedSource = {
  sourceLinks: [
    {
      after: 'parseRequest = (request, serverContext) => {',
      message: '{ request: serverContext?.req?.raw ?? serverContext?.req, context: { yoga: this } }',
    },
  ],
  findContextRoute(context, { request, target }) {
    const { yoga } = context as YogaContext
    if (yoga === undefined) return undefined
    const pathname = trimSlash(pathOf(target)) || '/'
    const isEndpoint = pathname === yoga.graphqlEndpoint || yoga._graphqlEndpointURLPattern?.test({ pathname })
    if (!isEndpoint) return undefined
    // Below a mount of Express, Yoga compares the whole path, too: the mount is the endpoint.
    return (request as MountedRequest).baseUrl ? '/' : yoga.graphqlEndpoint
  },
}
