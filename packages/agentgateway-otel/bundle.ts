/**
 * Builds what is published, after `tsc -b`. Everything that the preload loads is bundled: finding and reading some 150
 * small files would be most of the cost of a start. What only the first scrape or few processes need is in bundles of
 * its own, one for each file in `src/entries`, which `src/lazy.ts` loads.
 *
 * Every replacement in this file must be applied at least once. Otherwise the build fails and names it, so that no
 * renamed file or changed dependency can switch one off unseen.
 */
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Metafile, type Plugin, transform } from 'esbuild'
import { inlineDeclarations } from './inline-declarations.ts'
import { bundledPackages } from './third-party/bundled-packages.ts'
import { licenceTexts } from './third-party/licence-texts.ts'
import { billOfMaterials } from './third-party/sbom.ts'

const here = fileURLToPath(new URL('.', import.meta.url))

const manifest = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))
const { version } = manifest

/** What esbuild reports of each build: the files that it read, and what of them went into the bundles. */
const metafiles: Metafile[] = []

/** Builds by esbuild, and keeps its report. Every build goes this way, so that no code goes into a bundle unlisted. */
async function buildListed(options: BuildOptions): Promise<Metafile> {
  const { metafile } = await build({ ...options, metafile: true })
  metafiles.push(metafile)
  return metafile
}

/** What every replacement replaces, and those of them that were applied. */
const replacements = { all: new Set<string>(), applied: new Set<string>() }

/** Registers a filter of a plugin. The plugin calls `apply` when it replaces a match. */
function replacement(plugin: string, filter: RegExp) {
  const name = `${filter} of the plugin ${plugin}`
  replacements.all.add(name)
  return { filter, apply: () => void replacements.applied.add(name) }
}

const VERSION_FILE = replacement('versions', /\/dist\/version\.js$/)

/** Replaces the packages' versions, which are all the same: reading them from the package.json would take 1 ms. */
const versions: Plugin = {
  name: 'versions',
  setup({ onLoad }) {
    onLoad({ filter: VERSION_FILE.filter }, () => {
      VERSION_FILE.apply()
      return { contents: `export const VERSION = '${version}'` }
    })
  },
}

const LAZY = JSON.stringify(join(here, 'dist/lazy.js'))

const MINIZLIB = 'wire/dist/bodies/minizlib'

/**
 * The modules of packages that load something when it is first needed, and what the preload has in their place: code that
 * loads a bundle of it. They import the loader as any module does. esbuild would put what is reached by a `require` or an
 * `import()` into functions, with all that it imports, and V8 would parse that code twice at each start.
 */
const ON_DEMAND = Object.entries({
  'exporter/dist/load-scrape-service': `export const loadScrapeService = () => loadBundle('scrapes').createScrapeService`,
  'exporter/dist/series/load-exporter': `export const loadExporter = async () => loadBundle('prometheus')`,
  'instrumentation-http/dist/routes/express/load-routes': `export const loadRoutes = () => loadBundle('express').expressRoutes`,
  'instrumentation-http/dist/routes/load-linked-routes': `export const loadLinkedRoutes = () => loadBundle('linked-routes').linkedRoutes`,
  'instrumentation-llm/dist/load-calls': `export const loadCalls = () => loadBundle('llm').createCallMetrics`,
  'instrumentation-mcp/dist/load-watch': `export const loadWatch = () => loadBundle('mcp').watchMcp`,
  [MINIZLIB]: `export const loadMinizlib = () => loadBundle('minizlib')`,
}).map(([module, code]) => ({
  ...replacement('lazy-dependencies', new RegExp(`/${module}\\.js$`)),
  contents: `import { loadBundle } from ${LAZY}\n${code}`,
}))

/** Has bundles load another bundle where a package loads something on demand. */
const lazyDependencies: Plugin = {
  name: 'lazy-dependencies',
  setup({ onLoad }) {
    for (const { filter, apply, contents } of ON_DEMAND) {
      onLoad({ filter }, () => {
        apply()
        return { contents }
      })
    }
  },
}

const MACHINE_ID = replacement('no-machine-id', /\/resources\/dist\/detectors\/.*\/getMachineId\.mjs$/)

/**
 * Leaves out a detector of OpenTelemetry's resources that no start uses. It has dynamic imports, and esbuild puts what
 * these reach, OpenTelemetry's API and the primordials, into functions, so that V8 would parse that code twice.
 */
const noMachineId: Plugin = {
  name: 'no-machine-id',
  setup({ onLoad }) {
    onLoad({ filter: MACHINE_ID.filter }, () => {
      MACHINE_ID.apply()
      return { contents: 'export const getMachineId = undefined' }
    })
  },
}

/** The modules whose exports `src/lazy.ts` hands to the bundles that it loads. */
const SAVED = [
  'dist/lazy',
  'dist/otlp/transport',
  'dist/stand-ins/primordials',
  'dist/unpatched-fs',
  'dist/unpatched-net',
  'metrics/dist/index',
].map((module) => replacement('saved-at-start', new RegExp(`/${module}\\.js$`)))

/** The name by which `src/lazy.ts` gives a lazy bundle the exports of the preloaded one. */
const START = '../start.cjs'

/**
 * Has lazy bundles take the timers, clocks, sockets and file functions from the preloaded bundle, since the app may
 * have replaced Node's by the time that they are loaded. The loader of lazy bundles is shared too, with what it has
 * loaded, and so are the table of metrics with what derives from it, and the class of OTLP's errors, by which one bundle
 * recognizes those of another.
 */
const savedAtStart: Plugin = {
  name: 'saved-at-start',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\.\.\/start\.cjs$/ }, ({ path }) => ({ path, external: true }))
    for (const { filter, apply } of SAVED) {
      onLoad({ filter }, async ({ path }) => {
        apply()
        const names = Object.keys(await import(path))
        return { contents: `export { ${names.join(', ')} } from '${START}'` }
      })
    }
  },
}

/** Leaves the `require` of `embedded.cjs` as it is, for the bundler of an app. */
const embeddedInAppsBundle: Plugin = {
  name: 'embedded-in-apps-bundle',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/embedded\.cjs$/ }, ({ path }) => ({ path, external: true }))
  },
}

/**
 * Leaves out the comments within classes, which esbuild keeps, for the memory that the text of a bundle takes. It comes after all
 * plugins that have something else in place of a module.
 */
const withoutComments: Plugin = {
  name: 'without-comments',
  setup({ onLoad }) {
    onLoad({ filter: /\.[cm]?js$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, 'utf8'), { minifyWhitespace: true, legalComments: 'none' })
      return { contents: code }
    })
  },
}

const OPTIONS = {
  absWorkingDir: here,
  bundle: true,
  platform: 'node',
  target: 'node22.15',
  legalComments: 'none',
  logLevel: 'warning',
} satisfies BuildOptions

const PRELOADED = {
  ...OPTIONS,
  outdir: 'dist',
  // Replaces Node's timers and clocks; the module says why.
  inject: ['dist/stand-ins/primordials.js'],
  outExtension: { '.js': '.cjs' },
  // CommonJS, because `--require` has to load it synchronously, on every version and with every flag.
  format: 'cjs',
  define: {
    'import.meta.url': 'importMetaUrl',
    'performance.now': 'primordialPerformanceNow',
    'Date.now': 'primordialDateNow',
  },
  // In an ES module that an app's bundler makes of it there is no `__filename`; the files that the URL leads to are then
  // in the bundle too.
  banner: {
    js: "const importMetaUrl = process.getBuiltinModule('node:url').pathToFileURL(typeof __filename === 'string' ? __filename : process.execPath).href",
  },
  // A dynamic import becomes a `require`: an `import` would pass through the app's module hooks.
  supported: { 'dynamic-import': false },
  plugins: [versions, lazyDependencies, noMachineId, embeddedInAppsBundle, withoutComments],
} satisfies BuildOptions

const LAZY_BUNDLE = {
  ...PRELOADED,
  outdir: 'dist/entries',
  plugins: [versions, lazyDependencies, savedAtStart, withoutComments],
} satisfies BuildOptions

/**
 * Options of bundles with OpenTelemetry's API, which keeps its registry on the global object. These copies find an empty
 * object of their own instead. So they take no part in the app's tracing: they start no span, carry no context and add
 * no header. Nor do they write to the app's logger.
 */
const OWN_GLOBAL = {
  define: { ...PRELOADED.define, globalThis: 'ownGlobal' },
  banner: { js: `${PRELOADED.banner.js}; const ownGlobal = {}` },
} satisfies BuildOptions

/** What OpenTelemetry's instrumentations load to hook into the loading of modules. */
const NO_MODULE_HOOKS = {
  'require-in-the-middle': './dist/stand-ins/no-module-hooks.js',
  'import-in-the-middle': './dist/stand-ins/no-module-hooks.js',
}

/** The options of the lazy bundles that need others than `LAZY_BUNDLE`, by name. */
const SPECIAL: Readonly<Record<string, BuildOptions>> = {
  // The exporter creates a server even when it is told not to start one, which an app that watches servers would see.
  prometheus: { alias: { http: './dist/stand-ins/no-http-server.js' } },
  // The YAML parser writes the file's contents to stdout if the app has certain variables.
  locks: { alias: { process: './dist/stand-ins/no-environment.js' } },
  // The detectors read files and run programs in ways that the app would see.
  'otlp-resource': {
    alias: { child_process: './dist/stand-ins/no-child-process.js', fs: './dist/stand-ins/unseen-reads.js' },
  },
  // A thread has Node's own timers and clocks, and no preloaded bundle.
  'bcrypt-worker': { inject: [], define: {}, banner: {}, plugins: [] },
  // It only patches modules that are loaded already, so it needs no hooks for others.
  'http-instrumentation': { ...OWN_GLOBAL, alias: NO_MODULE_HOOKS },
  // It patches nothing.
  runtime: { ...OWN_GLOBAL, alias: NO_MODULE_HOOKS },
}

/** The options of the bundles whose names start with `otlp`. */
const OTLP = {
  ...OWN_GLOBAL,
  // The first module that exports a name gives it. Why timers are replaced, the modules say.
  inject: ['dist/stand-ins/unreferenced-timers.js', ...PRELOADED.inject],
} satisfies BuildOptions

const entries = readdirSync(join(here, 'src/entries')).map((file) => file.replace(/\.ts$/, ''))
for (const name of Object.keys(SPECIAL)) if (!entries.includes(name)) throw new Error(`src/entries has no ${name}.ts`)

await Promise.all([
  buildBundle('dist/start.js', PRELOADED),
  ...entries.map((name) =>
    buildBundle(`dist/entries/${name}.js`, {
      ...LAZY_BUNDLE,
      ...(name.startsWith('otlp') && OTLP),
      ...SPECIAL[name],
    }),
  ),
])

/** Builds a bundle, and registers its definitions and aliases as replacements. */
async function buildBundle(entry: string, options: BuildOptions): Promise<void> {
  const metafile = await buildListed({ ...options, entryPoints: [entry] })
  const files = Object.entries(metafile.inputs)
  const texts = files.map(([file]) => readFileSync(join(here, file), 'utf8'))
  const imported = new Set(files.flatMap(([, { imports }]) => imports.map(({ original }) => original)))
  for (const text of Object.keys(options.define ?? {})) {
    const name = `the definition of ${text}`
    replacements.all.add(name)
    if (texts.some((source) => source.includes(text))) replacements.applied.add(name)
  }
  for (const module of Object.keys(options.alias ?? {})) {
    const name = `the alias of ${module} in ${entry}`
    replacements.all.add(name)
    if (imported.has(module)) replacements.applied.add(name)
  }
}

// The page's script runs in browsers, and its other files go as they are.
const PAGE = '../exporter/src/page'
await buildListed({
  absWorkingDir: here,
  bundle: true,
  entryPoints: ['../exporter/dist/page/browser/main.js'],
  outfile: 'dist/page/page.js',
  format: 'esm',
  target: ['chrome109', 'firefox115', 'safari16.4'],
  legalComments: 'none',
  logLevel: 'warning',
})
const COPIED = ['page.html', 'page.css', 'icon.svg']
for (const file of COPIED) copyFileSync(join(here, PAGE, file), join(here, 'dist/page', file))
const PAGE_FILES = ['page.js', ...COPIED]

const read = (file: string) => readFileSync(join(here, file), 'utf8')

// An app's bundler may include the preload. So the bundles that are read as files are also in a file that a bundler
// follows, each as a function that is compiled when it is called.
const bundles = ['dist/start.cjs', ...entries.map((name) => `dist/entries/${name}.cjs`)]
for (const file of bundles) importBuiltinsAsTheyAre(file)
for (const file of ['dist/start.cjs', 'dist/entries/bcrypt-worker.cjs']) loadBuiltinsWithoutRequire(file)
const functions = entries.map(
  (name) => `${JSON.stringify(name)}: function (module, require, __filename) {\n${read(`dist/entries/${name}.cjs`)}}`,
)
const files = ['entries/bcrypt-worker.cjs', ...PAGE_FILES.map((name) => `page/${name}`)]
const texts = files.map((name) => `${JSON.stringify(name)}: ${JSON.stringify(read(`dist/${name}`))}`)
writeFileSync(
  join(here, 'dist/embedded.cjs'),
  `exports.bundles = {\n${functions.join(',\n')}\n}\nexports.files = {\n${texts.join(',\n')}\n}\n`,
)

/** Has a bundle load Node's own modules where there is no `require`: in an ES module, as bundlers and `data:` URLs make it. */
function loadBuiltinsWithoutRequire(file: string): void {
  replaceIn(file, /\brequire\("([\w:/]+)"\)/g, (call, id) =>
    isBuiltin(id as string) ? `process.getBuiltinModule("${id}")` : call,
  )
  if (!read(file).includes('getBuiltinModule(')) throw new Error(`${file} requires none of Node's modules`)
}

/**
 * Has a bundle use Node's own modules as they are, where esbuild would copy all their properties, as an import of a
 * CommonJS module may need it. Copying calls the getters by which Node.js loads more modules on demand.
 */
function importBuiltinsAsTheyAre(file: string): void {
  replaceIn(file, /\b(\w+) = __toESM\((require\("([\w:/]+)"\)), 1\)/g, (call, name, module, id, text) => {
    if (!isBuiltin(id as string)) return call
    // The name stands in its declaration, and otherwise before the property that is used; else its uses are not known.
    const code = text.replace(/^\s*var [\w, ]+;$/gm, '')
    const uses = [...code.matchAll(new RegExp(`\\b${name}\\b(?! = __toESM)(?:\\.(\\w+))?`, 'g'))].map(
      ([, property]) => property,
    )
    if (uses.length === 0 || uses.includes(undefined)) return call
    if (uses.every((property) => property === 'default')) return `${name} = { default: ${module} }`
    return uses.includes('default') ? call : `${name} = ${module}`
  })
}

/** Replaces matches in a file of `dist`. @param replace gets the match, its groups and the whole text */
function replaceIn(file: string, pattern: RegExp, replace: (...match: string[]) => string): void {
  const text = readFileSync(join(here, file), 'utf8')
  const changed = text.replace(pattern, (...match) => replace(...match.filter((part) => typeof part === 'string')))
  writeFileSync(join(here, file), changed)
}

// What apps import is a few lines, for both module systems, because an app's tests and bundlers may know only one of
// them. Only those lines of the packages go in, nothing that would have to be resolved from the app's folder.
const GET_INSTRUMENTATIONS = replacement('lazy-instrumentations', /\/instrumentations\/get-instrumentations\.js$/)
const LOADER = './load-instrumentations.cjs'

/**
 * Replaces the module that holds the instrumentations, which are 400 times the rest of what apps import, by one that
 * loads a bundle of them when the app asks for them. Bundlers follow it, and leave it out where the app does not.
 */
const lazyInstrumentations: Plugin = {
  name: 'lazy-instrumentations',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\.\/load-instrumentations\.cjs$/ }, ({ path }) => ({ path, external: true }))
    onLoad({ filter: GET_INSTRUMENTATIONS.filter }, () => {
      GET_INSTRUMENTATIONS.apply()
      return { contents: `export { getInstrumentations } from '${LOADER}'` }
    })
  },
}
for (const format of ['esm', 'cjs'] as const) {
  await buildListed({
    ...OPTIONS,
    outfile: `dist/index.${format === 'esm' ? 'mjs' : 'cjs'}`,
    format,
    entryPoints: ['dist/index.js'],
    // Code that is left out has it, too.
    define: { 'import.meta.url': 'undefined' },
    plugins: [versions, lazyInstrumentations],
  })
}

// Node.js makes this call. Bundlers leave it out, with what it needs: only a preload, which is no part of an app's bundle,
// can have been meant.
const ENTRY = join(here, 'dist/index.mjs')
const entry = readFileSync(ENTRY, 'utf8')
const marked = entry.replace(/^startIfPreloaded\(\);$/m, '/* @__PURE__ */ $&')
if (marked === entry) throw new Error('dist/index.mjs does not call startIfPreloaded')
writeFileSync(ENTRY, marked)

/** Replaces the loader of minizlib: this bundle holds it, because it has to work within an app's bundle too. */
const ownMinizlib: Plugin = {
  name: 'own-minizlib',
  setup({ onLoad }) {
    onLoad({ filter: new RegExp(`/${MINIZLIB}\\.js$`) }, ({ path }) => ({
      contents: `import * as minizlib from 'minizlib'\nexport const loadMinizlib = () => minizlib`,
      resolveDir: dirname(path),
    }))
  },
}
await buildBundle('dist/instrumentations/get-instrumentations.js', {
  ...OPTIONS,
  outfile: 'dist/instrumentations.cjs',
  format: 'cjs',
  inject: PRELOADED.inject,
  define: { 'performance.now': 'primordialPerformanceNow', 'Date.now': 'primordialDateNow' },
  plugins: [versions, ownMinizlib],
})
loadBuiltinsWithoutRequire('dist/instrumentations.cjs')
const types = inlineDeclarations(join(here, 'dist/index.d.ts'))
for (const file of ['index.d.mts', 'index.d.cts']) writeFileSync(join(here, 'dist', file), types)

const DASHBOARD_FILES = replacement('dashboard-files', /\/dashboards\/[\w.-]+\.(json|yaml)$/)

/** Includes the dashboards and the rules as text. */
const dashboardFiles: Plugin = {
  name: 'dashboard-files',
  setup({ onLoad }) {
    onLoad({ filter: DASHBOARD_FILES.filter }, ({ path }) => {
      DASHBOARD_FILES.apply()
      return { contents: readFileSync(path, 'utf8'), loader: 'text' }
    })
  },
}

// The command. It is no part of the preload.
await buildBundle('dist/cli/main.js', {
  ...OPTIONS,
  outfile: 'dist/cli.cjs',
  format: 'cjs',
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: {
    js: "#!/usr/bin/env node\nconst importMetaUrl = require('node:url').pathToFileURL(__filename).href",
  },
  plugins: [versions, dashboardFiles],
})

const unapplied = [...replacements.all].filter((name) => !replacements.applied.has(name))
if (unapplied.length > 0) throw new Error(`bundle.ts replaces what is not there: ${unapplied.join('; ')}`)

// What is bundled of others goes with its licences, and is listed for those who check what they install. The tests
// compare the lists with esbuild's reports, which are not published.
const bundled = bundledPackages(metafiles, here)
writeFileSync(join(here, 'dist/metafiles.json'), JSON.stringify(metafiles))
writeFileSync(join(here, 'dist/THIRD-PARTY-LICENSES.txt'), licenceTexts(bundled.packages))
writeFileSync(join(here, 'dist/sbom.cdx.json'), billOfMaterials(manifest, bundled, join(here, '../../pnpm-lock.yaml')))
