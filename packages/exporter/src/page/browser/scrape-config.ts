/**
 * Returns what to add to `prometheus.yml` so that Prometheus scrapes the endpoint that this page comes from.
 *
 * @param job the name of the job. JSON's strings are YAML's too.
 */
export function scrapeConfig(
  job: string,
  { host, protocol }: { readonly host: string; readonly protocol: string },
): string {
  const lines = [
    'scrape_configs:',
    `  - job_name: ${JSON.stringify(job)}`,
    ...(protocol === 'https:' ? ['    scheme: https'] : []),
    '    static_configs:',
    `      - targets: [${JSON.stringify(host)}]`,
  ]
  return lines.join('\n')
}
