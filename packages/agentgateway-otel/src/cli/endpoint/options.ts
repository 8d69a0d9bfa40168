import type { Command } from 'commander'

/** Adds the options to a command that say which endpoint it reads. `targetOf` takes their values. */
export function addEndpointOptions(command: Command): Command {
  return command
    .option(
      '--url <url>',
      'the endpoint of the app, with user:password@ where it wants them (default: http://localhost:15020, or what OTEL_EXPORTER_PROMETHEUS_HOST and _PORT say)',
    )
    .option('--ca <file>', 'PEM file of the authorities to trust, instead of those that Node.js trusts')
    .option('--cert <file>', 'PEM file of a client certificate')
    .option('--key <file>', 'PEM file of its private key')
}

/** What the help of such a command says below its options. */
export const ENDPOINT_HELP = `
A token is taken from AGENTGATEWAY_METRICS_TOKEN. NODE_EXTRA_CA_CERTS adds authorities to trust.`
