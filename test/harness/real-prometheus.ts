import { spawnSync } from 'node:child_process'
import { type ScrapeServer, startScrapeServer } from './scrape-server.ts'

export type { VectorSample } from './query-api.ts'
export type Prometheus = ScrapeServer

/**
 * For the `skip` of a test that needs the real Prometheus: false when `prometheus` and `promtool` are on the PATH, else
 * why the test cannot run, which is also written to stderr.
 *
 * @throws Error in CI, where they have to be there
 */
export function prometheusIsMissing(): string | false {
  const missing = ['prometheus', 'promtool'].filter((name) => spawnSync(name, ['--version']).error !== undefined)
  if (missing.length === 0) return false
  const reason = `NOT TESTED with the real Prometheus: no ${missing.join(', no ')} on the PATH; apt-get install prometheus`
  if (process.env.CI) throw new Error(reason)
  process.stderr.write(`${reason}\n`)
  return reason
}

/**
 * Starts a Prometheus server on a free port of the loopback interface, with storage of its own, and waits until it is
 * ready.
 *
 * @param config the text of its prometheus.yml
 * @param command the program. Default: the one on the PATH
 * @param flags more flags
 */
export function startPrometheus(
  config: string,
  command = 'prometheus',
  flags: readonly string[] = [],
): Promise<Prometheus> {
  return startScrapeServer({
    config,
    command,
    readyPath: '/-/ready',
    args: (files, address) => [
      `--config.file=${files.config}`,
      `--storage.tsdb.path=${files.data}`,
      `--web.listen-address=${address}`,
      ...flags,
    ],
  })
}
