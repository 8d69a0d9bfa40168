/**
 * Starts the app with the preload flag, sends it traffic, and shows the metrics that result.
 *
 *     node examples/agent/demo.js [--watch]
 *
 * Exits with 0 when every metric has moved. With `--watch` it goes on sending traffic until Ctrl-C.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { METRIC_NAMES } from './expected.js'
import { portProblem } from './ports.js'
import { report, unmoved } from './report.js'
import { scrape } from './scrape.js'
import { start } from './start.js'
import { keepTrickling, STEPS, TRICKLE_MS } from './traffic.js'

/** @import { Demo } from './start.js' */

const watch = process.argv.includes('--watch')
const env = process.env
const PORTS = [
  { what: 'of the app', port: Number(env.PORT || 3000), variable: 'PORT' },
  {
    what: 'of the metrics',
    port: Number(env.OTEL_EXPORTER_PROMETHEUS_PORT || 15020),
    host: env.OTEL_EXPORTER_PROMETHEUS_HOST || '0.0.0.0',
    variable: 'OTEL_EXPORTER_PROMETHEUS_PORT',
  },
]

/** @returns {Promise<number>} the exit code */
async function main() {
  const problem = await portProblem(PORTS)
  if (problem !== undefined) return failed(problem)

  const interrupted = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve(watch ? 0 : 130))
  })
  const running = start()
  try {
    return await Promise.race([running.then(show), running.then(endOfApp), interrupted])
  } catch (error) {
    // Ctrl-C reaches the app too, and the app's end may be noticed before the signal.
    const code = await Promise.race([interrupted, wait(200)])
    if (code !== undefined) return code
    return failed(error instanceof Error ? error.message : String(error))
  } finally {
    await running.then(
      (demo) => demo.stop(),
      () => {},
    )
  }
}

/** @param {string} why */
function failed(why) {
  console.error(`demo: ${why}`)
  return 1
}

/** @param {Demo} demo @returns {Promise<never>} */
const endOfApp = ({ child, stderr }) =>
  new Promise((_, reject) => child.on('close', () => reject(new Error(`the app ended\n${stderr()}`))))

/** @param {Demo} demo */
async function show(demo) {
  console.log(`The app, started with --import agentgateway-otel/register: ${demo.appUrl}`)
  console.log(`Its metrics: ${demo.metricsUrl}\n`)
  for (const step of STEPS) {
    process.stdout.write(`  ${step.name.padEnd(28)}`)
    console.log(await step.run(demo))
  }
  await demo.proxy.quiet()
  if (demo.proxy.failures.length > 0) throw new Error(`requests that failed:\n${demo.proxy.failures.join('\n')}`)

  const metrics = await scrape(demo.metricsUrl)
  console.log(`\n${report(metrics)}\n`)
  const missing = unmoved(metrics)
  if (missing.length > 0)
    return failed(`${missing.length} of ${METRIC_NAMES.length} did not move: ${missing.join(', ')}`)
  console.log(`All ${METRIC_NAMES.length} metrics moved.`)
  return watch ? keepDriving(demo) : 0
}

/** @param {Demo} demo @returns {Promise<never>} */
async function keepDriving(demo) {
  console.log(`
There is some traffic every ${TRICKLE_MS / 1000} seconds now. Open
  ${demo.metricsUrl}
or let Prometheus scrape it
  prometheus --config.file=examples/prometheus/prometheus.yml
and end with Ctrl-C.`)
  return keepTrickling(demo)
}

process.exit(await main())
