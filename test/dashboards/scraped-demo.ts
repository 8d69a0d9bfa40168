import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Demo, start } from '../../examples/agent/start.js'
import { STEPS } from '../../examples/agent/traffic.js'
import { drive } from '../harness/demo-traffic.ts'
import { demoEnv } from '../harness/environment.ts'
import { startPrometheus } from '../harness/real-prometheus.ts'

const CLI = fileURLToPath(new URL('../../packages/agentgateway-otel/dist/cli.cjs', import.meta.url))

/** All metrics that a dashboard shows. The demo's local provider has two names, so that it is one of each kind. */
const APP_ENV = {
  AGENTGATEWAY_METRICS: 'genai,mcp,proxy',
  AGENTGATEWAY_LLM_HOSTS: '127.0.0.1=openai,localhost=anthropic',
}

/** A Prometheus that has the metrics of some minutes of traffic. */
export interface ScrapedDemo {
  readonly url: string
  readonly fromSeconds: number
  readonly toSeconds: number
  readonly scrapeSeconds: number
}

/**
 * Has a real Prometheus scrape the demo's app while that has traffic for some time, and then calls `use` while both still run.
 */
export async function withScrapedDemo(
  seconds: number,
  scrapeSeconds: number,
  use: (scraped: ScrapedDemo) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'scraped-demo-'))
  let demo: Demo | undefined
  try {
    demo = await start({ env: { ...demoEnv('shop'), ...APP_ENV } })
    const rules = await writePriceRules(folder)
    const prometheus = await startPrometheus(configOf(new URL(demo.metricsUrl).host, scrapeSeconds, rules))
    const end = new AbortController()
    try {
      for (const step of STEPS) await step.run(demo)
      const fromSeconds = Math.ceil(Date.now() / 1000)
      const driving = drive(demo, end.signal)
      await Promise.race([driving, sleep(1000 * seconds)])
      await use({ url: prometheus.url, fromSeconds, toSeconds: Math.floor(Date.now() / 1000), scrapeSeconds })
      end.abort()
      await driving
    } finally {
      end.abort()
      await prometheus.stop()
    }
  } finally {
    await demo?.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Writes the rules of what LLM calls cost, for Prometheus, and returns the path of the file. */
async function writePriceRules(folder: string): Promise<string> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'rules', '--prices'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  const file = join(folder, 'prices.yaml')
  await writeFile(file, stdout)
  return file
}

/** Prometheus' configuration, with the labels that a scrape in Kubernetes gives. */
function configOf(target: string, scrapeSeconds: number, rules: string): string {
  const labels = { namespace: 'default', pod: 'shop-1' }
  // JSON is YAML.
  return JSON.stringify({
    global: { scrape_interval: `${scrapeSeconds}s` },
    rule_files: [rules],
    scrape_configs: [{ job_name: 'agentgateway', static_configs: [{ targets: [target], labels }] }],
  })
}
