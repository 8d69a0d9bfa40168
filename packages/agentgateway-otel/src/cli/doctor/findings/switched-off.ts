import { EnvironmentReader } from '../../../configuration/environment-reader.ts'
import { quote } from '../../../configuration/quote.ts'
import { VARIABLES } from '../../../configuration/variables.ts'
import { type Finding, hint, problem, type Result, well } from '../finding.ts'
import type { Setting } from '../settings.ts'

export const switchedOff: Finding = {
  code: 'switched-off',
  summary: 'The environment switches the metrics off, or their endpoint, as some platforms do for all apps',
  section: 'docs/troubleshooting.md#a-line-says-that-it-is-off',
  check({ settings }) {
    const results = settings.flatMap((setting) => resultOf(setting) ?? [])
    return results.length > 0 ? results : [well('No variable switches the metrics off.')]
  },
}

function resultOf({ source, environment, configuration }: Setting): Result | undefined {
  const reader = new EnvironmentReader(environment)
  if (configuration.disabled) {
    const { name = '' } = reader.read(VARIABLES.disabled)
    return problem(`${name} is true in ${source}, so that the app runs without metrics.`, `Unset ${name} for this app.`)
  }
  if (configuration.prometheus !== undefined) return undefined
  const name = reader.read(VARIABLES.exporters).name ?? reader.read(VARIABLES.metricsExporter).name ?? ''
  const text = `${name}=${quote(environment[name] ?? '')} in ${source}`
  const remedy = 'AGENTGATEWAY_EXPORTERS=prometheus, which is asked first, or prometheus,otlp'
  if (configuration.otlp !== undefined) {
    return hint(
      `With ${text} the metrics are only sent by OTLP: nothing is served.`,
      `To serve them as well, set ${remedy}.`,
    )
  }
  return problem(`With ${text} no exporter is left, so that the app runs without metrics.`, `Set ${remedy}.`)
}
