import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'

/** The forms in which an app can be packaged. */
export type Form = 'ES modules' | 'CommonJS' | 'a minified bundle'

const FORMS: Readonly<Record<Form, BuildOptions & { readonly extension: string }>> = {
  'ES modules': { format: 'esm', packages: 'external', extension: 'mjs' },
  CommonJS: { format: 'cjs', packages: 'external', extension: 'cjs' },
  'a minified bundle': { format: 'cjs', minify: true, extension: 'cjs' },
}

/**
 * Builds an app of `apps/`, which is written as an ES module, in this form.
 *
 * @param alias packages that replace others
 * @returns the file to run, in a folder from which Node.js finds the packages that are not bundled
 */
export async function buildApp(app: string, form: Form, alias: Readonly<Record<string, string>> = {}): Promise<string> {
  const { extension, ...options } = FORMS[form]
  const name = [app, ...Object.values(alias), form].join('-').replaceAll(/\W+/g, '-')
  const outfile = fileURLToPath(new URL(`node_modules/.cache/apps/${name}.${extension}`, import.meta.url))
  await build({
    ...options,
    entryPoints: [fileURLToPath(new URL(`apps/${app}.js`, import.meta.url))],
    outfile,
    alias,
    bundle: true,
    // Aliases are resolved from this folder.
    absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
    platform: 'node',
    target: 'node22',
    logLevel: 'error',
  })
  return outfile
}
