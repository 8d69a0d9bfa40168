// Loads the official SDK in the version and the build that the environment names: SDK=1 (newest), 1.13 or 2; BUILD=esm or cjs.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
export const version = process.env.SDK ?? '1'
const load = process.env.BUILD === 'cjs' ? require : (name) => import(name)
const v1 = version === '1.13' ? 'sdk-1.13' : '@modelcontextprotocol/sdk'

/** Loads the module at this path of version 1's package, or this package of version 2. */
export const sdk = (path) => load(version === '2' ? `@modelcontextprotocol/${path}` : `${v1}/${path}`)
