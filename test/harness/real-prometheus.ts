import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { startProcess } from './process.ts'
import { until } from './until.ts'

/** An element of an instant vector. */
export interface VectorSample {
  /** With `__name__`, where the expression keeps it. */
  readonly metric: Readonly<Record<string, string>>
  readonly value: number
}

export interface Prometheus {
  readonly url: string
  /**
   * Evaluates a PromQL expression that gives an instant vector.
   *
   * @throws Error with Prometheus's message about an expression that it does not accept
   */
  query(promql: string): Promise<VectorSample[]>
  /** Evaluates the expression until its result is as wanted, and returns the result. */
  queryUntil(promql: string, holds: (samples: VectorSample[]) => boolean): Promise<VectorSample[]>
  stop(): Promise<void>
}

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
 */
export async function startPrometheus(config: string): Promise<Prometheus> {
  const directory = await mkdtemp(join(tmpdir(), 'prometheus-'))
  const configFile = join(directory, 'prometheus.yml')
  await writeFile(configFile, config)
  const url = `http://127.0.0.1:${await freePort()}`
  const args = [
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=${new URL(url).host}`,
  ]
  const running = startProcess('prometheus', args, { env: process.env, stdin: 'ignore', stdout: 'ignore' })

  async function stop(): Promise<void> {
    await running.stop()
    await rm(directory, { recursive: true, force: true })
  }

  async function query(promql: string): Promise<VectorSample[]> {
    const response = await fetch(`${url}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: promql }),
    })
    const result = (await response.json()) as QueryResult
    if (result.status !== 'success') throw new Error(`${promql}: ${result.error}`)
    if (result.data.resultType !== 'vector')
      throw new Error(`${promql} gives a ${result.data.resultType}, not a vector`)
    return result.data.result.map(({ metric, value: [, text] }) => ({ metric, value: numberOf(text) }))
  }

  async function queryUntil(promql: string, holds: (samples: VectorSample[]) => boolean): Promise<VectorSample[]> {
    let last: VectorSample[] = []
    return until(
      async () => {
        last = await query(promql)
        return holds(last) ? last : undefined
      },
      () => `${promql} gives ${JSON.stringify(last)}`,
      100,
    )
  }

  try {
    await until(
      async () => {
        if (running.child.exitCode !== null) throw new Error(`Prometheus did not start:\n${running.stderr()}`)
        const response = await fetch(`${url}/-/ready`).catch(() => undefined)
        await response?.arrayBuffer()
        return response?.ok || undefined
      },
      () => `Prometheus is ready\n${running.stderr()}`,
      50,
    )
  } catch (error) {
    await stop()
    throw error
  }
  return { url, query, queryUntil, stop }
}

type QueryResult =
  | { status: 'error'; error: string }
  | {
      status: 'success'
      data: { resultType: string; result: { metric: Record<string, string>; value: [number, string] }[] }
    }

const numberOf = (text: string) => Number(text.replace('Inf', 'Infinity'))
