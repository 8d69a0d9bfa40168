/** What a framework needs so that its routes are known. */
type Need = 'nothing' | 'context' | 'template' | 'server'

interface Framework {
  readonly name: string
  /** The packages whose tested versions are named, as they are called in `node_modules`: perhaps by an alias. */
  readonly packages: readonly string[]
  /**
   * What it needs: nothing; or nothing where Node.js has the hooks, and elsewhere `setRoute` with the framework's context, with a
   * template, or with a template in a server of the app's own, because nothing leads to Node's request in the framework's.
   */
  readonly needs: Need
  /** The folder of the tests, which has the packages. */
  readonly folder: string
  /** The file of the tests. */
  readonly test: string
}

/** The frameworks whose routes are found, and the tests that hold it. The tables of the READMEs are made of this. */
export const FRAMEWORKS: readonly Framework[] = [
  { name: 'Express', packages: ['express4', 'express'], needs: 'nothing', ...http('express') },
  { name: 'Fastify', packages: ['fastify4', 'fastify'], needs: 'nothing', ...http('fastify') },
  {
    name: 'NestJS, on Express or Fastify',
    packages: ['@nestjs/core'],
    needs: 'nothing',
    folder: 'http-nest',
    test: 'routes-nest.test.ts',
  },
  { name: 'Next.js', packages: ['next'], needs: 'nothing', folder: 'http-next', test: 'routes-next.slow.test.ts' },
  { name: 'restify', packages: ['restify'], needs: 'nothing', ...http('restify') },
  {
    name: 'router, also in connect',
    packages: ['router-1', 'router-2.2', 'router', 'connect'],
    needs: 'nothing',
    ...http('router'),
  },
  { name: 'moleculer-web', packages: ['moleculer-web'], needs: 'nothing', ...http('moleculer-web') },
  { name: 'Feathers on Express', packages: ['@feathersjs/express'], needs: 'nothing', ...http('feathers') },
  { name: 'Feathers on Koa', packages: ['@feathersjs/koa'], needs: 'context', ...http('feathers') },
  {
    name: 'Koa with @koa/router or koa-router',
    packages: ['koa', '@koa/router', 'koa-router'],
    needs: 'context',
    ...http('koa'),
  },
  { name: 'Hono on @hono/node-server', packages: ['hono'], needs: 'context', ...http('hono') },
  { name: 'h3', packages: ['h3-1', 'h3'], needs: 'context', ...http('h3') },
  { name: 'hapi', packages: ['@hapi/hapi'], needs: 'context', ...http('hapi') },
  {
    name: 'Nitro',
    packages: ['nitropack'],
    needs: 'template',
    folder: 'http-nitro',
    test: 'routes-nitro.slow.test.ts',
  },
  {
    name: 'Nitro 3',
    packages: ['nitro'],
    needs: 'template',
    folder: 'http-nitro-3',
    test: 'routes-nitro-3.slow.test.ts',
  },
  { name: 'Nuxt', packages: ['nuxt'], needs: 'template', folder: 'http-nuxt', test: 'routes-nuxt.slow.test.ts' },
  {
    name: 'SvelteKit with its adapter for Node.js',
    packages: ['@sveltejs/kit'],
    needs: 'template',
    folder: 'http-sveltekit',
    test: 'routes-sveltekit.slow.test.ts',
  },
  {
    name: 'Astro with its adapter for Node.js',
    packages: ['astro'],
    needs: 'server',
    folder: 'http-astro',
    test: 'routes-astro.slow.test.ts',
  },
  {
    name: 'TanStack Start with Nitro, srvx or @hono/node-server',
    packages: ['@tanstack/react-start', '@tanstack/solid-start'],
    needs: 'template',
    folder: 'http-tanstack-start',
    test: 'routes-tanstack-start.slow.test.ts',
  },
  {
    name: 'React Router with its server, or on Express',
    packages: ['react-router'],
    needs: 'server',
    folder: 'http-react-router',
    test: 'routes-react-router.slow.test.ts',
  },
  {
    name: 'React Router 7 with its server, or on Express',
    packages: ['react-router'],
    needs: 'server',
    folder: 'http-react-router-7',
    test: 'routes-react-router-7.slow.test.ts',
  },
  {
    name: 'Remix 2 with its server, or on Express',
    packages: ['@remix-run/express'],
    needs: 'server',
    ...http('remix'),
  },
  {
    name: 'find-my-way by itself',
    packages: ['find-my-way-7', 'find-my-way-8', 'find-my-way'],
    needs: 'template',
    ...http('find-my-way'),
  },
  { name: 'AdonisJS', packages: ['@adonisjs/core'], needs: 'template', ...http('adonis') },
  { name: 'Polka', packages: ['polka', 'polka-1'], needs: 'template', ...http('polka') },
  { name: '0http', packages: ['0http'], needs: 'template', ...http('0http') },
  { name: 'restana', packages: ['restana-4', 'restana'], needs: 'template', ...http('0http') },
  { name: 'tRPC', packages: ['@trpc/server'], needs: 'template', ...http('trpc') },
  { name: 'GraphQL Yoga', packages: ['graphql-yoga'], needs: 'template', ...http('graphql') },
  { name: 'Apollo Server in Express', packages: ['@as-integrations/express5'], needs: 'template', ...http('graphql') },
]

function http(name: string) {
  return { folder: 'http', test: `routes-${name}.test.ts` } as const
}
