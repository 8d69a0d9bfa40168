import { stringify } from 'yaml'
import { ALERTS, type AlertRule } from './alerts.ts'
import { RECORDING_RULES } from './recording.ts'

const RUNBOOK = 'https://github.com/agentgateway-otel/agentgateway-otel/blob/main/docs/runbook.md'

const COMMENT = `# Recording and alert rules for the agentgateway_* metrics, for Prometheus' rule_files. \`agentgateway-otel rules\` writes this file.
#
# The thresholds are where most services begin: change them to what yours promises. The alerts are explained in
# ${RUNBOOK}
#
# Counters appear with their first event, and \`increase\` does not see that one. The recorded increases do: a series that was not
# there when the window began counts with its value.
`

/** Returns the recording and alert rules as YAML for Prometheus. */
export function createRules(): string {
  const groups = [
    { name: 'agentgateway-recording', rules: RECORDING_RULES.map(({ record, expr }) => ({ record, expr })) },
    { name: 'agentgateway-alerts', rules: ALERTS.map(toRule) },
  ]
  return `${COMMENT}${stringify({ groups }, { lineWidth: 0 })}`
}

function toRule({ alert, expr, for: duration, severity, summary, description }: AlertRule) {
  return {
    alert,
    expr,
    ...(duration && { for: duration }),
    labels: { severity },
    annotations: { summary, description, runbook_url: `${RUNBOOK}#${alert.toLowerCase()}` },
  }
}
