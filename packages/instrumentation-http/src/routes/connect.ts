import type { LinkedSource } from './route-source.ts'

/** connect, which removes prefixes from paths. It has no routes; those of what is below its prefixes have them. */
export const connect: LinkedSource = {
  sourceLinks: [
    {
      below: 'proto.use = function use(route, fn) {',
      after: "debug('use %s %s', path || '/', handle.name || 'anonymous');",
      message: '{ base: path }',
    },
  ],
}
