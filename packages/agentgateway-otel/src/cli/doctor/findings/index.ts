import type { Finding } from '../finding.ts'
import { customHosts } from './custom-hosts.ts'
import { deadCollector } from './dead-collector.ts'
import { flagBehindScript } from './flag-behind-script.ts'
import { lateVariables } from './late-variables.ts'
import { missingUsage } from './missing-usage.ts'
import { misspeltFlag } from './misspelt-flag.ts'
import { noFlag } from './no-flag.ts'
import { noSeries } from './no-series.ts'
import { openEndpoint } from './open-endpoint.ts'
import { otherAgents } from './other-agents.ts'
import { overflowingLabels } from './overflowing-labels.ts'
import { packageNotFound } from './package-not-found.ts'
import { portTaken } from './port-taken.ts'
import { separateProcesses } from './separate-processes.ts'
import { silentEndpoint } from './silent-endpoint.ts'
import { switchedOff } from './switched-off.ts'
import { unknownRoutes } from './unknown-routes.ts'
import { unnamedService } from './unnamed-service.ts'
import { unseenProcesses } from './unseen-processes.ts'
import { unsupportedRuntime } from './unsupported-runtime.ts'
import { wrongVariables } from './wrong-variables.ts'

/** Everything that the doctor looks for, in the order of its report: from the start of an app to what its metrics show. */
export const FINDINGS: readonly Finding[] = [
  unsupportedRuntime,
  unseenProcesses,
  noFlag,
  misspeltFlag,
  flagBehindScript,
  packageNotFound,
  switchedOff,
  wrongVariables,
  lateVariables,
  portTaken,
  silentEndpoint,
  openEndpoint,
  separateProcesses,
  deadCollector,
  otherAgents,
  noSeries,
  unnamedService,
  unknownRoutes,
  customHosts,
  missingUsage,
  overflowingLabels,
]
