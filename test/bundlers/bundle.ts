import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { builtinModules, createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import rollupCommonjs from '@rollup/plugin-commonjs'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import { build as esbuild } from 'esbuild'
import { rolldown } from 'rolldown'
import { type Plugin, rollup } from 'rollup'
import webpack from 'webpack'
import { binaryOf } from '../bun-and-deno/runtimes.ts'

export type Format = 'cjs' | 'esm'

/** Bundles an app into one file, and returns that file. */
export type Bundler = (entry: string, folder: string, format: Format) => Promise<string>

const BUILTINS = [...builtinModules, ...builtinModules.map((name) => `node:${name}`)]
const fileIn = (folder: string, format: Format) => join(folder, `bundle.${format === 'cjs' ? 'cjs' : 'mjs'}`)

const withEsbuild =
  (minify: boolean): Bundler =>
  async (entry, folder, format) => {
    const outfile = fileIn(folder, format)
    await esbuild({ entryPoints: [entry], bundle: true, platform: 'node', format, minify, outfile, logLevel: 'error' })
    return outfile
  }

interface NccResult {
  readonly code: string
  readonly assets: Readonly<Record<string, { readonly source: string | Uint8Array }>>
}

/** `bun build` for Node.js, where Bun has been fetched. */
export const bunBuild: Bundler = async (entry, folder, format) => {
  const outfile = fileIn(folder, format)
  const args = ['build', entry, '--target', 'node', '--format', format, '--outfile', outfile]
  await promisify(execFile)(binaryOf('bun') as string, args)
  return outfile
}

export const BUNDLERS: Readonly<Record<string, Bundler>> = {
  esbuild: withEsbuild(false),
  'esbuild --minify': withEsbuild(true),

  async ncc(entry, folder, format) {
    const ncc = createRequire(import.meta.url)('@vercel/ncc') as (file: string, options: object) => Promise<NccResult>
    const { code, assets } = await ncc(entry, { cache: false, quiet: true, esm: format === 'esm' })
    for (const [name, { source }] of Object.entries(assets)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), source)
    }
    const file = fileIn(folder, format)
    await writeFile(file, code)
    return file
  },

  webpack(entry, folder, format) {
    const filename = fileIn(folder, format)
    const isModule = format === 'esm'
    const compiler = webpack({
      entry,
      target: 'node22',
      mode: 'production',
      output: { path: folder, filename: `bundle.${isModule ? 'mjs' : 'cjs'}`, module: isModule },
      experiments: { outputModule: isModule },
      optimization: { minimize: false },
    })
    return new Promise((resolve, reject) =>
      compiler?.run((error, stats) => {
        if (error || stats?.hasErrors()) reject(error ?? new Error(stats?.toString({ colors: false })))
        else resolve(filename)
      }),
    )
  },

  async rollup(input, folder, format) {
    // The types of this plugin are those of its CommonJS form.
    const commonjs = rollupCommonjs as unknown as () => Plugin
    const plugins = [nodeResolve({ exportConditions: ['node'], preferBuiltins: true }), commonjs()]
    const bundle = await rollup({ input, plugins, external: BUILTINS, onwarn: () => {} })
    const file = fileIn(folder, format)
    await bundle.write({ file, format, inlineDynamicImports: true })
    return file
  },

  async rolldown(input, folder, format) {
    const bundle = await rolldown({ input, platform: 'node', logLevel: 'silent' })
    const file = fileIn(folder, format)
    await bundle.write({ file, format })
    return file
  },
}
