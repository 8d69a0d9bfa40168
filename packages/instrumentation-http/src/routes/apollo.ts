import type { LinkedSource } from './route-source.ts'

/** What the statement that is added to Apollo Server's middleware links to Node's request. */
interface ApolloContext {
  readonly isApollo?: boolean
}

interface MountedRequest {
  readonly baseUrl?: string
}

/**
 * Apollo Server as a middleware of Express: its route is the path at which it is mounted (`/graphql`). As the handler of a route it
 * has that one. The server that it starts by itself responds on every path, so it has no routes.
 */
export const apollo: LinkedSource = {
  sourceLinks: [
    {
      below: 'function expressMiddleware(server, options) {',
      after: 'return async (req, res) => {',
      message: '{ request: req, context: { isApollo: true } }',
    },
  ],
  findContextRoute(context, { request }) {
    const isMounted = (context as ApolloContext).isApollo === true && Boolean((request as MountedRequest).baseUrl)
    return isMounted ? '/' : undefined
  },
}
