import type { Configuration, Environment } from './configuration.ts'
import { EnvironmentReader } from './environment-reader.ts'
import { chooseExporters } from './exporters.ts'
import { misspeltNames } from './misspelt-names.ts'
import { readOtlp } from './otlp.ts'
import type { Variable } from './variable.ts'
import { VARIABLES } from './variables.ts'

/** Reads the configuration. @param reader of this environment, which sees what is read */
export function readConfiguration(
  environment: Environment,
  reader: EnvironmentReader = new EnvironmentReader(environment),
): Configuration {
  const read = <T>(variable: Variable<T>): T => reader.read(variable).value

  const { exporters } = chooseExporters({
    own: read(VARIABLES.exporters),
    metrics: read(VARIABLES.metricsExporter),
    hasOtlpEndpoint: reader.isSet(VARIABLES.otlpEndpoint),
  })
  const host = read(VARIABLES.prometheusHost)
  const port = read(VARIABLES.prometheusPort)
  const webConfigFile = read(VARIABLES.webConfigFile)
  const token = read(VARIABLES.metricsToken)

  return {
    disabled: read(VARIABLES.disabled),
    logLevel: read(VARIABLES.logLevel),
    prometheus: exporters.has('prometheus') ? { host, port } : undefined,
    locks: webConfigFile === undefined && token === undefined ? undefined : { webConfigFile, token },
    otlp: exporters.has('otlp') ? readOtlp(reader) : undefined,
    perProcess: read(VARIABLES.perProcess),
    serviceName: read(VARIABLES.serviceName),
    resourceAttributes: read(VARIABLES.resourceAttributes),
    resourceDetectors: read(VARIABLES.resourceDetectors),
    configFile: read(VARIABLES.configFile),
    metrics: read(VARIABLES.metrics),
    buckets: read(VARIABLES.buckets),
    exemplarFilter: read(VARIABLES.exemplarFilter),
    httpIgnore: read(VARIABLES.httpIgnore),
    routes: read(VARIABLES.routes),
    mcpSessionIdleSeconds: read(VARIABLES.mcpSessionIdleSeconds),
    httpInstrumentation: read(VARIABLES.httpInstrumentation),
    llmHosts: read(VARIABLES.llmHosts),
    problems: [...reader.problems, ...misspeltNames(environment)],
  }
}
