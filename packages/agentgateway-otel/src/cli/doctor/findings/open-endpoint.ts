import { type Finding, hint, well } from '../finding.ts'

export const openEndpoint: Finding = {
  code: 'open-endpoint',
  summary: 'Everybody who can reach the machine can read the metrics',
  section: 'packages/agentgateway-otel/README.md#locks',
  check({ endpoint, listeners, settings }) {
    if (endpoint.status === undefined || endpoint.hasCredentials || endpoint.localPort === undefined) return []
    const [{ configuration }] = settings
    const isOpen =
      listeners === undefined || listeners.length === 0
        ? configuration.prometheus?.host === undefined && configuration.locks === undefined
        : listeners.some(({ isOnAllAddresses }) => isOnAllAddresses)
    return isOpen
      ? [
          hint(
            `The endpoint listens at port ${endpoint.localPort} of all addresses, without a token or a password.`,
            'If others can reach this machine: OTEL_EXPORTER_PROMETHEUS_HOST=127.0.0.1 keeps it here, AGENTGATEWAY_METRICS_TOKEN or AGENTGATEWAY_WEB_CONFIG_FILE locks it.',
          ),
        ]
      : [well('The endpoint is not open to other machines.')]
  },
}
