import { mayUsePackage } from './installed-packages.ts'

/**
 * The packages whose contexts nothing else leads to. Those with packages after them are also installed with one of these, which
 * needs no link; then an app has them for that reason.
 */
const FRAMEWORKS: Readonly<Record<string, readonly string[]>> = {
  hono: [],
  h3: [],
  'koa-compose': [],
  '@hapi/hapi': [],
  '0http': [],
  polka: [],
  trouter: [],
  'find-my-way': ['fastify', 'restify'],
  connect: ['express'],
  '@adonisjs/http-server': [],
  '@astrojs/node': [],
  '@react-router/express': [],
  '@remix-run/express': [],
  '@sveltejs/kit': [],
  '@trpc/server': [],
  'graphql-yoga': [],
  '@as-integrations/express4': [],
  '@as-integrations/express5': [],
}

/**
 * The packages that an app has of these. A package manager may keep what they depend on, koa-compose, out of its sight, and those of
 * TanStack Start are in what it builds.
 */
const INSTALLED = {
  ...FRAMEWORKS,
  koa: [],
  '@feathersjs/koa': [],
  '@tanstack/react-start': [],
  '@tanstack/solid-start': [],
}

/** Polka 0 has the function that it parses URLs with in a package that others have, too, as React Router and Remix have their servers. */
export const LINKED = [...Object.keys(FRAMEWORKS), '@polka/url', 'react-router', '@remix-run/server-runtime']

/**
 * Returns whether the app may have a framework to whose contexts nothing else leads, on a version of Node.js that lets statements be
 * added to it. It takes a few looks at the file system.
 */
export const mayHaveLinkedFramework = (): boolean => canPassOn(process.versions.node) && mayUsePackage(INSTALLED)

/** Whether this version takes a CommonJS module without its source from a synchronous hook: tried with each minor version. */
function canPassOn(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 25 || (major === 24 && minor >= 12) || (major === 22 && minor >= 23)
}
