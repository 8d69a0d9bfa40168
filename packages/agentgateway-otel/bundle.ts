/**
 * Bundles what the preload loads, run after `tsc -b`: to find and read some 150 small files is most of what a start would
 * cost. What the first scrape needs, or few processes, stays apart, in the bundles that `src/load-bundle.ts` names.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Plugin } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))

const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))

/** Packages read their version from their package.json; all have the same, and to look for the file would take 1 ms. */
const versions: Plugin = {
  name: 'versions',
  setup({ onLoad }) {
    onLoad({ filter: /\/dist\/version\.js$/ }, () => ({ contents: `export const VERSION = '${version}'` }))
  },
}

const loadBundle = join(here, 'dist/load-bundle.js')

/** Wherever a package loads OpenTelemetry's exporter or minizlib when it needs it, it loads the bundle that has it. */
const apart: Plugin = {
  name: 'apart',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^@opentelemetry\/exporter-prometheus$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: 'prometheus', namespace: 'apart' } : undefined,
    )
    onLoad({ filter: /^prometheus$/, namespace: 'apart' }, () => ({
      contents: `module.exports = require(${JSON.stringify(loadBundle)}).loadBundle('prometheus')`,
      resolveDir: here,
    }))
    onLoad({ filter: /\/wire\/dist\/bodies\/minizlib\.js$/ }, () => ({
      contents: `import { loadBundle } from ${JSON.stringify(loadBundle)}
        export const loadMinizlib = () => loadBundle('minizlib')`,
    }))
  },
}

const OPTIONS = {
  absWorkingDir: here,
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node22.15',
  legalComments: 'none',
  logLevel: 'warning',
} satisfies BuildOptions

/** The module whose exports stand for Node's timers and clocks in what is preloaded; its own file says why. */
const PRIMORDIALS = 'dist/primordials.js'

/**
 * Bundles that are loaded later take the timers, clocks, sockets and file functions of the one that was preloaded: by then
 * the app may have replaced Node's. `load-bundle.ts` hands them over.
 */
const takenAtStart: Plugin = {
  name: 'taken-at-start',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\.\/start\.cjs$/ }, ({ path }) => ({ path, external: true }))
    onLoad({ filter: /\/dist\/(?:primordials|unpatched-fs|unpatched-net)\.js$/ }, async ({ path }) => {
      const names = Object.keys(await import(path))
      return { contents: `export { ${names.join(', ')} } from './start.cjs'` }
    })
  },
}

const PRELOADED = {
  ...OPTIONS,
  inject: [PRIMORDIALS],
  outExtension: { '.js': '.cjs' },
  // CommonJS, because `--require` has to load it at once, on every version and with every flag.
  format: 'cjs',
  define: {
    'import.meta.url': 'importMetaUrl',
    'performance.now': 'primordialPerformanceNow',
    'Date.now': 'primordialDateNow',
  },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href" },
  // As a `require`: an `import` would pass through the module hooks of the app.
  supported: { 'dynamic-import': false },
  plugins: [versions, apart],
  metafile: true,
} satisfies BuildOptions & { metafile: true }

const results = await Promise.all([
  build({ ...PRELOADED, entryPoints: ['dist/start.js'] }),
  build({
    ...PRELOADED,
    entryPoints: ['otlp', 'sharing', 'minizlib'].map((name) => `dist/${name}.js`),
    plugins: [versions, apart, takenAtStart],
  }),
  build({
    ...PRELOADED,
    entryPoints: ['dist/prometheus.js'],
    plugins: [versions, apart, takenAtStart],
    // The exporter makes a server even where it is told to start none: the app, which may watch servers, would see it.
    alias: { http: './dist/no-http-server.js', 'node:http': './dist/no-http-server.js' },
  }),
  build({
    ...PRELOADED,
    entryPoints: ['dist/http-instrumentation.js'],
    plugins: [versions, apart, takenAtStart],
    // OpenTelemetry's API keeps its registry on the global object. This copy finds an empty one of its own, so it takes
    // no part in the app's tracing: it starts no span, carries no context and adds no header.
    define: { ...PRELOADED.define, globalThis: 'ownGlobal' },
    banner: { js: `${PRELOADED.banner.js}; const ownGlobal = {}` },
    // It patches modules that are there already, and needs no hooks for those that are not.
    alias: {
      'require-in-the-middle': './dist/no-module-hooks.js',
      'import-in-the-middle': './dist/no-module-hooks.js',
    },
  }),
])

// What apps import: a few lines, for both module systems, because an app's own tests and bundles may know but one.
// Of the packages they take those lines alone, nothing that would ask for its place.
const main = { ...OPTIONS, entryPoints: ['dist/index.js'], define: { 'import.meta.url': 'undefined' } }
await build({ ...main, format: 'esm', outExtension: { '.js': '.mjs' } })
await build({ ...main, format: 'cjs', outExtension: { '.js': '.cjs' } })
// Of their types, those that stand in packages which users do not install are put in.
const types = readFileSync(join(here, 'dist/index.d.ts'), 'utf8')
  .replace(
    /^export .* from '@agentgateway-otel\/instrumentation-llm';$/m,
    readFileSync(join(here, '../instrumentation-llm/dist/record-llm-call.d.ts'), 'utf8'),
  )
  .replace(/^\/\/# sourceMappingURL.*$/gm, '')
for (const file of ['index.d.mts', 'index.d.cts']) writeFileSync(join(here, 'dist', file), types)

/** The folder of each package that went into a bundle, ours left out. */
const packages = new Set(
  results
    .flatMap(({ metafile }) => Object.keys(metafile.inputs))
    .flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0] ?? []),
)

const licences = [...packages].sort().map((folder) => {
  const directory = join(here, folder)
  const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const file = readdirSync(directory).find((one) => /^licen[cs]e/i.test(one))
  if (file === undefined) throw new Error(`${name} has no licence file to keep`)
  return `${name} ${version} (${license})\n\n${readFileSync(join(directory, file), 'utf8').trim()}\n`
})
writeFileSync(join(here, 'dist/THIRD-PARTY-LICENSES.txt'), licences.join(`\n${'-'.repeat(80)}\n\n`))
