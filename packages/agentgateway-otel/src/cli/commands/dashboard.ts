import { Command } from 'commander'

export function dashboardCommand(): Command {
  return new Command('dashboard')
    .description('Writes a Grafana dashboard to stdout, as JSON to import or to provision.')
    .option(
      '--proxy',
      'the one over the names of the agentgateway proxy, which an app has with AGENTGATEWAY_METRICS=proxy',
    )
    .addHelpText('after', '\nExample:\n  npx agentgateway-otel dashboard > agentgateway.json')
    .action(async ({ proxy }: { proxy?: boolean }) => {
      const { default: dashboard } = proxy
        ? await import('@agentgateway-otel/dashboards/agentgateway-proxy.json')
        : await import('@agentgateway-otel/dashboards/agentgateway-otel.json')
      process.stdout.write(dashboard)
    })
}
