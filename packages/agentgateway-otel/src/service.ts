import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads'
import type { Configuration, Environment } from './configuration/configuration.ts'
import { packageNameOf } from './package-name.ts'

/**
 * The service name that the semantic conventions give by default. The SDK's own default has the path of Node.js in it.
 */
export const UNNAMED = 'unknown_service:node'

/** The service of this process. */
export interface Service {
  readonly name: string
  /** Whether the environment gives the name. Only then the name says that two processes are of one app. */
  readonly isConfigured: boolean
}

/**
 * Returns the service: by `OTEL_SERVICE_NAME`, or else by `OTEL_RESOURCE_ATTRIBUTES`, or else by the app's
 * package.json.
 */
export function serviceOf(
  { serviceName, resourceAttributes }: Pick<Configuration, 'serviceName' | 'resourceAttributes'>,
  environment: Environment,
): Service {
  // `OTEL_RESOURCE_ATTRIBUTES=service.name=` gives an empty name, and to Prometheus an empty label is no label.
  const name = serviceName || resourceAttributes['service.name'] || UNNAMED
  if (name !== UNNAMED) return { name, isConfigured: true }
  return { name: packageName(environment) ?? UNNAMED, isConfigured: false }
}

/**
 * The key by which worker threads get the name from the main thread: they do not know the main script. Apps can only
 * look up such data by its key.
 */
const KEY = 'agentgateway-otel.package-name'

/** The scripts by which PM2 loads the app's script. */
const PM2_CONTAINER = /[\\/]pm2[\\/]lib[\\/]ProcessContainer\w*\.js$/

function packageName({ pm_exec_path, pm_cwd }: Environment): string | undefined {
  if (!isMainThread) {
    const name: unknown = getEnvironmentData(KEY)
    return typeof name === 'string' ? name : undefined
  }
  const [, main] = process.argv
  // With `node -e` the first argument stands where a script would, and `-` is stdin.
  if (main === undefined || main === '-' || (process as { _eval?: string })._eval !== undefined) return undefined
  const isOfPm2 = pm_exec_path !== undefined && PM2_CONTAINER.test(main)
  const name = isOfPm2 ? packageNameOf(pm_exec_path, pm_cwd ?? process.cwd()) : packageNameOf(main, process.cwd())
  if (name !== undefined) setEnvironmentData(KEY, name)
  return name
}
