import type { Context } from '@opentelemetry/api'
import type { SourceLink } from './loaded-sources.ts'

/**
 * How the routes of a framework are found that leaves them where Node's own request, of `http` or `http2`, leads to them, or that
 * publishes them. A route is the template as the app wrote it, `/users/:id`, and never a path that a client requested.
 */
export interface RequestSource {
  /**
   * Subscribes to what the framework publishes, where it publishes its routes. Returns a function that unsubscribes.
   */
  watch?(): () => void
  /**
   * Runs as the head of a response is sent, in an app with an OpenTelemetry SDK, with the context that is active there.
   */
  onResponseHead?(request: object, context: Context): void
  /**
   * Returns the route that served a request; called once the response has ended. Undefined for a request of another
   * framework, and where no route matched.
   *
   * @param status the status that was sent; 0 when no head was sent
   * @param target the request's target as the client sent it
   * @param bases the prefixes that frameworks have removed from paths so far, as the app wrote them
   */
  findRoute(request: object, status: number, target: string, bases: ReadonlySet<string>): string | undefined
  /** Returns the route of a context that was linked to its request. The context may be another framework's. */
  findContextRoute?(context: object): string | undefined
}

/**
 * How the routes of a framework are found to whose contexts nothing leads from Node's requests, so that they have to be linked to
 * them. The routes are templates here, too.
 */
export interface LinkedSource {
  /** The statements that link the framework's contexts to Node's requests. */
  readonly sourceLinks: readonly SourceLink[]
  /**
   * Further statements, which run for each request, also where another framework uses this one. They publish on a channel of their
   * own. It has no subscriber, so that they cost nothing, until `hasRequests` returns true.
   */
  readonly requestLinks?: readonly SourceLink[]
  /** Returns whether the messages of `requestLinks` are of use from now on. It is called after each `onLink` until it returns true. */
  hasRequests?(): boolean
  /** Gets each message that the statements of `sourceLinks` and `requestLinks` publish, after its context has been linked. It may throw. */
  onLink?(message: object): void
  /** Returns the route of a context that was linked to its request. The context may be another framework's. */
  findContextRoute?(context: object, details: ContextDetails): string | undefined
  /**
   * Returns the template of the mount that a context is in; called as the context is linked, because it may no longer have
   * it later.
   *
   * @param previous the context that was linked to the same request before: an outer app's, or the same one
   */
  findContextMount?(context: object, previous: object | undefined): string | undefined
}

/** What is known about a context besides its own properties. */
interface ContextDetails {
  /** Node's own request. */
  readonly request: object
  /** The request's target as the client sent it. */
  readonly target: string
  /** The status that was sent; 0 when no head was sent. */
  readonly status: number
  /** The mounts that were found as contexts were linked to this request, the outermost first. */
  readonly mounts: readonly string[]
  /**
   * The prefixes that the framework has removed from paths so far, as the app wrote them; undefined for a context that the app
   * passed to `setRoute`, since then nothing is known about prefixes.
   */
  readonly bases: ReadonlySet<string> | undefined
  /** Returns the route of Fastify that the request took, if it took one. */
  findFastifyRoute(): string | undefined
}
