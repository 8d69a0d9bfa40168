import diagnostics_channel from 'node:diagnostics_channel'
import type { RouteSource } from './index.ts'

/** What Fastify 4 and 5 publish when an instance is made. */
interface Initialization {
  readonly fastify: {
    addHook(name: 'onRequest', hook: (request: FastifyRequest, reply: unknown, done: () => void) => void): unknown
  }
}

interface FastifyRequest {
  readonly raw: object
  readonly routeOptions?: { readonly url?: string | undefined }
}

const routes = new WeakMap<object, string>()

/**
 * Fastify: a hook that the instance runs first, added through the channel that Fastify has for that. The channel of its
 * handlers would miss what earlier hooks, validation or a body that is too large answer.
 */
export const fastify: RouteSource = {
  watch() {
    diagnostics_channel.subscribe('fastify.initialization', onInitialization)
    return () => void diagnostics_channel.unsubscribe('fastify.initialization', onInitialization)
  },
  ofRequest: (request) => routes.get(request),
}

function onInitialization(message: unknown): void {
  try {
    ;(message as Initialization).fastify.addHook('onRequest', (request, _reply, done) => {
      try {
        const url = request.routeOptions?.url
        if (url !== undefined) routes.set(request.raw, url)
      } catch {
        // A request without a route is `unknown`.
      }
      done()
    })
  } catch {
    // An instance that takes no hook has unknown routes.
  }
}
