import type { Origin } from '@agentgateway-otel/processes'
import type { Environment } from './configuration/configuration.ts'
import type { Service } from './service.ts'

/**
 * Returns what the processes of one app have in common. Under PM2 the entry is the app's script, not PM2's own script
 * that loads it. The name of a package.json is not part of it: two apps may have the same.
 */
export function originOf({ pm_exec_path, pm_cwd }: Environment, { name, isConfigured }: Service): Origin {
  return {
    service: isConfigured ? name : undefined,
    cwd: pm_cwd ?? process.cwd(),
    entry: pm_exec_path ?? process.argv[1] ?? '',
  }
}
