import type { Origin } from '@agentgateway-otel/processes'
import type { Environment } from './configuration/configuration.ts'

/**
 * Returns what the processes of one app have in common. Under PM2 the entry is the app's script, not PM2's own script
 * that loads it.
 *
 * @param service the configured name. A name that comes from a package.json must not be given here: processes with the
 *   same name are one app, wherever they run, and packages of different apps may have the same name.
 */
export function originOf({ pm_exec_path, pm_cwd }: Environment, service: string | undefined): Origin {
  return {
    service,
    cwd: pm_cwd ?? process.cwd(),
    entry: pm_exec_path ?? process.argv[1] ?? '',
  }
}
