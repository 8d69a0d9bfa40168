import type { Origin } from '@agentgateway-otel/processes'
import type { Resource } from '@opentelemetry/resources'
import type { Environment } from './configuration/configuration.ts'
import { UNNAMED } from './resource.ts'

/**
 * Returns what the processes of one app have in common. Under PM2 the entry is the app's script, not PM2's own script
 * that loads it.
 */
export function originOf({ pm_exec_path, pm_cwd }: Environment, { attributes }: Resource): Origin {
  const name = attributes['service.name']
  return {
    service: name === UNNAMED || typeof name !== 'string' ? undefined : name,
    cwd: pm_cwd ?? process.cwd(),
    entry: pm_exec_path ?? process.argv[1] ?? '',
  }
}
