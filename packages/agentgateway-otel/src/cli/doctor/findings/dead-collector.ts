import { isAbsolute, join } from 'node:path'
import type { OtlpConfiguration } from '../../../configuration/configuration.ts'
import { exportNothing } from '../empty-export.ts'
import type { Facts } from '../facts.ts'
import { type Finding, hint, problem, type Result, well } from '../finding.ts'
import type { Setting } from '../settings.ts'

/** How many collectors are asked. */
const MAX_COLLECTORS = 5

export const deadCollector: Finding = {
  code: 'dead-collector',
  summary: 'The collector that the metrics are sent to does not accept them: an export without metrics was refused',
  section: 'docs/troubleshooting.md#nothing-reaches-the-collector',
  check: ({ settings }) => Promise.all(collectorsOf(settings).slice(0, MAX_COLLECTORS).map(resultOf)),
}

interface Collector {
  readonly source: string
  readonly otlp: OtlpConfiguration
  readonly service: Setting['configuration']
}

/** Returns the collectors of all environments, each once. */
function collectorsOf(settings: Facts['settings']): readonly Collector[] {
  const collectors = new Map<string, Collector>()
  for (const { source, configuration, cwd } of settings) {
    const { otlp, disabled } = configuration
    if (otlp === undefined || disabled) continue
    const absolute = (file: string | undefined) => (file === undefined || isAbsolute(file) ? file : join(cwd, file))
    const { caFile, certificateFile, keyFile } = otlp.tls
    const tls = { caFile: absolute(caFile), certificateFile: absolute(certificateFile), keyFile: absolute(keyFile) }
    const { url, protocol, headers, compression } = otlp
    const key = JSON.stringify([url, protocol, headers, compression, tls])
    if (!collectors.has(key)) collectors.set(key, { source, otlp: { ...otlp, tls }, service: configuration })
  }
  return [...collectors.values()]
}

async function resultOf({ source, otlp, service }: Collector): Promise<Result> {
  const { url, error, warning } = await exportNothing(otlp, service)
  const to = `${url} by ${otlp.protocol}`
  if (error !== undefined) {
    return problem(
      `An export to ${to}, which ${source} configures, failed: ${error}.`,
      'Start the collector, or set OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_PROTOCOL to those of one that listens. Without a collector, unset the endpoint.',
    )
  }
  if (warning !== undefined)
    return hint(`${warning}.`, 'Check whether the URL is the one of a collector, with its path.')
  return well(`The collector at ${to} accepts exports.`)
}
