import { createRequire } from 'node:module'

/** The version of this package. `bundle.ts` replaces this module by a constant. */
export const VERSION = (createRequire(import.meta.url)('../package.json') as { version: string }).version
