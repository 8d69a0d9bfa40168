import { selectMetrics, selectsRuntime } from '@agentgateway-otel/metrics'
import type { Configuration, Environment } from '../../configuration/configuration.ts'
import { chooseExporters } from '../../configuration/exporters.ts'
import { readConfiguration } from '../../configuration/read-configuration.ts'
import { VARIABLES } from '../../configuration/variables.ts'
import { shownUrl } from '../../otlp/shown-url.ts'
import { packageOf } from '../../package-name.ts'
import { hasPreload } from '../../preload-flag.ts'
import { configuredName, UNNAMED } from '../../resource.ts'
import { VERSION } from '../../version.ts'
import { type AppCommand, parseAppCommand } from './app-command.ts'
import { type AppEnvironment, environmentOf } from './app-environment.ts'
import { openLock } from './open-lock.ts'
import { RecordingReader } from './recording-reader.ts'
import { type Setting, settingsOf } from './setting.ts'

/** What the configuration of an app is, and why. */
export interface ConfigReport {
  readonly version: string
  /** Empty where none was given. */
  readonly command: readonly string[]
  readonly folder: string
  /** Whether the command has the preload; null where none was given. */
  readonly hasPreload: boolean | null
  readonly derived: Derived
  readonly settings: readonly Setting[]
  /** What the preload writes to stderr, a line each. */
  readonly warnings: readonly string[]
}

/** A value that follows from settings and from the app, and why it is this one. */
export interface Because<T> {
  readonly value: T
  readonly because: string
}

/** What follows from the settings. */
export interface Derived {
  readonly exporters: Because<readonly string[]>
  /** Where the metrics are served; null where they are not. */
  readonly metricsUrl: Because<string | null>
  /** Where metrics are sent to; null where they are not. */
  readonly otlpUrl: Because<string | null>
  /** How long an export may take; null where there is none. */
  readonly otlpTimeoutMs: Because<number | null>
  /** The names of the metrics that are made. */
  readonly metrics: Because<readonly string[]>
  /** The name of the service, which is the value of the label `gateway`. */
  readonly gateway: Because<string>
}

/** @param command the command line that starts the app; empty for an app in this folder */
export async function reportConfiguration(
  command: readonly string[],
  folder: string,
  ownEnvironment: Environment,
): Promise<ConfigReport> {
  const app = parseAppCommand(command, folder)
  const appEnvironment = environmentOf(app, folder, ownEnvironment)
  const { environment } = appEnvironment
  const reader = new RecordingReader(environment)
  const configuration = readConfiguration(environment, reader)
  const lock = configuration.prometheus && configuration.locks && (await openLock(configuration.locks))
  const exporters = describeExporters(configuration, reader)
  return {
    version: VERSION,
    command,
    folder,
    hasPreload: command.length === 0 ? null : hasPreload(app.execArgv ?? [], environment.NODE_OPTIONS),
    derived: {
      exporters,
      metricsUrl: describeMetricsUrl(configuration, lock?.isTls ?? false),
      ...describeOtlp(configuration, reader, exporters.value.includes('otlp')),
      metrics: describeMetrics(configuration),
      gateway: describeGateway(configuration, app, appEnvironment, folder),
    },
    settings: settingsOf(appEnvironment, reader),
    warnings: [...configuration.problems, ...(lock?.problems ?? [])],
  }
}

function describeExporters({ disabled }: Configuration, reader: RecordingReader): Derived['exporters'] {
  if (disabled) return { value: [], because: 'OTEL_SDK_DISABLED is true' }
  const own = reader.read(VARIABLES.exporters)
  const metrics = reader.read(VARIABLES.metricsExporter)
  const { exporters, by } = chooseExporters({
    own: own.value,
    metrics: metrics.value,
    hasOtlpEndpoint: reader.isSet(VARIABLES.otlpEndpoint),
  })
  const because = {
    own: `${own.name} decides`,
    metrics: `${metrics.name} decides`,
    endpoint: 'an OTLP endpoint is set, and no variable for exporters',
    default: 'no variable for exporters is set, and no OTLP endpoint',
  }
  return { value: [...exporters], because: because[by] }
}

function describeMetricsUrl({ disabled, prometheus }: Configuration, isTls: boolean): Derived['metricsUrl'] {
  if (disabled || prometheus === undefined) return { value: null, because: 'the exporter prometheus is off' }
  const { host, port } = prometheus
  const url = `${isTls ? 'https' : 'http'}://${urlHost(host)}:${port}/metrics`
  if (port === 0) return { value: url, because: 'the system chooses a port; the app says which on stderr' }
  if (isTls) return { value: url, because: 'the web configuration file has TLS' }
  return { value: url, because: host === undefined ? 'it listens on all addresses' : 'it listens on this address only' }
}

const urlHost = (host = 'localhost') => (host.includes(':') ? `[${host}]` : host)

/** @param isOn whether the exporter is chosen, also where its settings cannot be used */
function describeOtlp(
  { otlp }: Configuration,
  reader: RecordingReader,
  isOn: boolean,
): Pick<Derived, 'otlpUrl' | 'otlpTimeoutMs'> {
  if (!isOn || otlp === undefined) {
    const because = isOn ? 'its endpoint cannot be used' : 'the exporter otlp is off'
    return { otlpUrl: { value: null, because }, otlpTimeoutMs: { value: null, because } }
  }
  const endpoint = reader.readings.get(VARIABLES.otlpEndpoint.names[0])?.name
  const { url, timeoutMs, protocol } = otlp
  return {
    otlpUrl: {
      value: shownUrl(url),
      because: endpoint === undefined ? `it is the default of ${protocol}` : `${endpoint} with ${protocol}`,
    },
    otlpTimeoutMs: { value: timeoutMs, because: 'it is the smallest of both time-outs and the interval' },
  }
}

function describeMetrics({ metrics }: Configuration): Derived['metrics'] {
  const names = [...selectMetrics(metrics), ...(selectsRuntime(metrics) ? ['runtime'] : [])]
  return {
    value: names,
    because:
      metrics.length === 0 ? 'these are the defaults' : 'AGENTGATEWAY_METRICS adds to the defaults and takes away',
  }
}

function describeGateway(
  configuration: Configuration,
  { entry, execArgv }: AppCommand,
  { environment }: AppEnvironment,
  folder: string,
): Derived['gateway'] {
  const name = configuredName(configuration)
  if (name !== undefined) {
    const variable =
      configuration.serviceName === undefined ? 'service.name in OTEL_RESOURCE_ATTRIBUTES' : 'OTEL_SERVICE_NAME'
    return { value: name, because: `it is ${variable}` }
  }
  const found = packageOf({ cwd: environment.pm_cwd ?? folder, entry }, execArgv ?? [])
  if (found !== undefined) return { value: found.name, because: `it is the name in ${found.file}` }
  return { value: UNNAMED, because: 'no variable names the service, and no package.json of the app does' }
}
