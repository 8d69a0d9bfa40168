import { fileURLToPath } from 'node:url'
import vm from 'node:vm'
import { unpatchedNet } from '@agentgateway-otel/exporter'
import { unpatchedFs } from '@agentgateway-otel/processes'
import * as primordials from './primordials.ts'

/** The bundles beside the one that is preloaded, each built from the module of its name. */
interface Bundles {
  readonly 'http-instrumentation': typeof import('./http-instrumentation.ts')
  readonly minizlib: typeof import('./minizlib.ts')
  readonly otlp: typeof import('./otlp.ts')
  readonly prometheus: typeof import('./prometheus.ts')
  readonly sharing: typeof import('./sharing.ts')
}

const { compileFunction } = vm

const loaded = new Map<string, unknown>()

/**
 * Loads a bundle that most processes do not need, at its first use.
 *
 * `require` would show: subscribers of `tracing:module.require` and hooks of `module.registerHooks` would get a module
 * that the app did not ask for, in the middle of whatever it is doing, and `require.cache` would list it. So the file is
 * compiled here, and is given Node's own modules, and of this bundle what was taken from Node before the app's first line.
 *
 * @throws Node's error where the file cannot be read.
 */
export function loadBundle<Name extends keyof Bundles>(name: Name): Bundles[Name] {
  const known = loaded.get(name)
  if (known !== undefined) return known as Bundles[Name]
  const filename = fileURLToPath(new URL(`${name}.cjs`, import.meta.url))
  const run = compileFunction(unpatchedFs.readFileSync(filename, 'utf8'), ['module', 'require', '__filename'], {
    filename,
  })
  const module = { exports: {} }
  run(module, requireFrom, filename)
  loaded.set(name, module.exports)
  return module.exports as Bundles[Name]
}

/** What a bundle may require: `bundle.ts` has put all else into it. */
const requireFrom = (id: string): unknown => (id === './start.cjs' ? takenAtStart : getBuiltinModule(id))

const { getBuiltinModule } = process

const takenAtStart = { ...primordials, ...unpatchedFs, ...unpatchedNet }
