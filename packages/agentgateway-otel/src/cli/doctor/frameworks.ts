import { isAtLeast } from './machine/versions.ts'

/** A framework whose routes are known. */
export interface Framework {
  readonly name: string
  /** The npm packages, the one whose version counts first. */
  readonly packages: readonly [string, ...string[]]
  /**
   * What the app has to say where the context of a request cannot be reached from Node's request: on older versions of
   * Node.js, and in a bundle. Undefined for frameworks that leave the route on Node's request.
   */
  readonly line?: string
}

/** The frameworks, as the README of instrumentation-http has them. */
export const FRAMEWORKS: readonly Framework[] = [
  { name: 'Next.js', packages: ['next'] },
  { name: 'NestJS', packages: ['@nestjs/core'] },
  { name: 'Express', packages: ['express'] },
  { name: 'Fastify', packages: ['fastify'] },
  { name: 'restify', packages: ['restify'] },
  { name: 'moleculer-web', packages: ['moleculer-web'] },
  { name: 'Koa', packages: ['koa'], line: 'app.use((ctx, next) => { setRoute(ctx); return next() })' },
  { name: 'Hono', packages: ['hono'], line: 'app.use((c, next) => { setRoute(c); return next() })' },
  { name: 'h3', packages: ['h3'], line: 'app.use((event) => setRoute(event))' },
  {
    name: 'hapi',
    packages: ['@hapi/hapi'],
    line: "server.ext('onRequest', (request, h) => { setRoute(request); return h.continue })",
  },
]

/** Whether a version of Node.js shows the contexts of Koa, Hono, h3 and hapi without a line in the app. */
export const linksContexts = (version: string): boolean =>
  isAtLeast(version, 26, 0) ||
  (version.startsWith('24.') && isAtLeast(version, 24, 12)) ||
  (version.startsWith('22.') && isAtLeast(version, 22, 23))
