import { fileURLToPath } from 'node:url'
import vm from 'node:vm'
import { unpatchedNet } from '@agentgateway-otel/exporter'
import * as metrics from '@agentgateway-otel/metrics'
import { unpatchedFs } from '@agentgateway-otel/processes'
import * as otlpTransport from './otlp/transport.ts'
import * as primordials from './stand-ins/primordials.ts'

/** The bundles that are loaded lazily, by name. Each is built from the file of that name in `entries`. */
interface Bundles {
  readonly express: typeof import('./entries/express.ts')
  readonly 'http-instrumentation': typeof import('./entries/http-instrumentation.ts')
  readonly 'linked-routes': typeof import('./entries/linked-routes.ts')
  readonly llm: typeof import('./entries/llm.ts')
  readonly locks: typeof import('./entries/locks.ts')
  readonly mcp: typeof import('./entries/mcp.ts')
  readonly minizlib: typeof import('./entries/minizlib.ts')
  readonly otlp: typeof import('./entries/otlp.ts')
  readonly 'otlp-grpc': typeof import('./entries/otlp-grpc.ts')
  readonly 'otlp-http': typeof import('./entries/otlp-http.ts')
  readonly 'otlp-json': typeof import('./entries/otlp-json.ts')
  readonly 'otlp-protobuf': typeof import('./entries/otlp-protobuf.ts')
  readonly 'otlp-resource': typeof import('./entries/otlp-resource.ts')
  readonly page: typeof import('./entries/page.ts')
  readonly prometheus: typeof import('./entries/prometheus.ts')
  readonly runtime: typeof import('./entries/runtime.ts')
  readonly scrapes: typeof import('./entries/scrapes.ts')
  readonly sharing: typeof import('./entries/sharing.ts')
}

const pathOf = (name: keyof Bundles) => fileURLToPath(fileNamed(`entries/${name}.cjs`))

/** A bundle's code as a function, with the parameters that `loadBundle` gives it. */
type RunBundle = (module: { exports: object }, require: (id: string) => unknown, __filename: string) => void

/** What `bundle.ts` writes to `embedded.cjs`: the lazy bundles, and the text of all other files that are read. */
interface Embedded {
  readonly bundles: Readonly<Record<string, RunBundle>>
  readonly files: Readonly<Record<string, string>>
}

let embedded: Embedded | undefined

/**
 * Returns whether the lazy bundles are where they belong. If an app's bundler has included the preload, they are not
 * beside it, but within the app's bundle: bundlers follow this `require`, which is never called elsewhere.
 */
export function areBundlesInPlace(): boolean {
  if (unpatchedFs.existsSync(pathOf('sharing'))) return true
  try {
    embedded = require('./embedded.cjs') as Embedded
  } catch {
    // The bundler has left that file out.
  }
  return embedded !== undefined
}

/** Returns the URL of a file in this package's `dist`, or its contents as a URL where there are no files. */
export function fileNamed(name: string): URL {
  const text = embedded?.files[name]
  return text === undefined
    ? new URL(name, import.meta.url)
    : new URL(`data:text/javascript,${encodeURIComponent(text)}`)
}

/** Reads a file in this package's `dist`. */
export function readFileNamed(name: string): Buffer {
  const text = embedded?.files[name]
  return text === undefined ? unpatchedFs.readFileSync(fileNamed(name)) : Buffer.from(text)
}

const { compileFunction } = vm
const { getBuiltinModule } = process

const loaded = new Map<string, unknown>()

/**
 * Loads a bundle that most processes do not need, when it is first used.
 *
 * The app would notice a `require`: subscribers of `tracing:module.require` and hooks of `module.registerHooks` would
 * get a module that the app did not ask for, in the middle of its own work, and `require.cache` would list it. So the
 * file is compiled here. Its `require` gives it Node's own modules, and from this bundle what was saved before the
 * app's first line.
 *
 * @throws Node's error when the file cannot be read
 */
export function loadBundle<Name extends keyof Bundles>(name: Name): Bundles[Name] {
  const known = loaded.get(name)
  if (known !== undefined) return known as Bundles[Name]
  const filename = pathOf(name)
  const run = embedded?.bundles[name] ?? compile(filename)
  const module = { exports: {} }
  run(module, requireFromBundle, filename)
  loaded.set(name, module.exports)
  return module.exports as Bundles[Name]
}

const compile = (filename: string) =>
  compileFunction(unpatchedFs.readFileSync(filename, 'utf8'), ['module', 'require', '__filename'], {
    filename,
  }) as RunBundle

/** The `require` of a lazy bundle, which holds everything else that it imports: `bundle.ts` has put it in. */
const requireFromBundle = (id: string): unknown => (id === START ? savedAtStart : getBuiltinModule(id))

/** The name by which a lazy bundle requires the preloaded one. */
const START = '../start.cjs'

/** The exports that `bundle.ts` has lazy bundles import from the preloaded one. */
const savedAtStart = {
  ...primordials,
  ...unpatchedFs,
  ...unpatchedNet,
  ...otlpTransport,
  ...metrics,
  loadBundle,
  fileNamed,
}
