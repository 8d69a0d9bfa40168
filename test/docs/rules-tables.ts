import { ALERTS } from '../../packages/dashboards/src/rules/alerts.ts'
import { RECORDING_RULES } from '../../packages/dashboards/src/rules/recording.ts'
import { markdownTable } from './marked-section.ts'

/** Returns a table of the alerts: when each fires, after how long, and how severe it is. */
export function alertsTable(): string {
  const rows = ALERTS.map(({ alert, when, for: duration = 'at once', severity }) => [
    `\`${alert}\``,
    severity,
    duration,
    when,
  ])
  return markdownTable([['alert', 'severity', 'after', 'fires when'], ...rows])
}

/** Returns a table of the recorded series. */
export function recordedTable(): string {
  return markdownTable([
    ['series', 'what it is'],
    ...RECORDING_RULES.map(({ record, what }) => [`\`${record}\``, what]),
  ])
}
