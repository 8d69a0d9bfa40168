import type { Origin } from '@agentgateway-otel/processes'
import type { Resource } from '@opentelemetry/resources'
import type { Environment } from './configuration.ts'
import { UNNAMED } from './resource.ts'

/** By what the processes of one app know each other. PM2 starts a script of its own, which loads the app's. */
export function originOf({ pm_exec_path, pm_cwd }: Environment, { attributes }: Resource): Origin {
  const name = attributes['service.name']
  return {
    service: name === UNNAMED || typeof name !== 'string' ? undefined : name,
    cwd: pm_cwd ?? process.cwd(),
    entry: pm_exec_path ?? process.argv[1] ?? '',
  }
}
