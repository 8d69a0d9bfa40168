// Loads a package as an app does: LOAD says whether by `import` or by `require`.
import { createRequire } from 'node:module'

const isRequired = process.env.LOAD === 'require'
const require = createRequire(import.meta.url)

/** Returns what a CommonJS package exports. */
export const loadPackage = async (name) => (isRequired ? require(name) : (await import(name)).default)

/** Returns the named exports of a package that has them for both. */
export const loadExports = async (name) => (isRequired ? require(name) : import(name))
