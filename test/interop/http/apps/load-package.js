// Loads a package as an app does: LOAD says whether by `import` or by `require`.
import { createRequire } from 'node:module'

export const loadPackage = async (name) =>
  process.env.LOAD === 'require' ? createRequire(import.meta.url)(name) : (await import(name)).default
