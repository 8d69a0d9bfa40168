// The same app runs on every major and build of the official SDK: SDK=1 (newest), 1.13 or 2; BUILD=esm or cjs.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
export const version = process.env.SDK ?? '1'
const load = process.env.BUILD === 'cjs' ? require : (name) => import(name)
const v1 = version === '1.13' ? 'sdk-1.13' : '@modelcontextprotocol/sdk'

/** v1: the module at this path of the package; v2: of this package. */
export const sdk = (path) => load(version === '2' ? `@modelcontextprotocol/${path}` : `${v1}/${path}`)
