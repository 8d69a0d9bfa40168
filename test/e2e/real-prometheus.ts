import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../harness/free-port.ts'

/** An element of an instant vector. */
export interface Sample {
  /** With `__name__`, where the expression keeps it. */
  readonly metric: Readonly<Record<string, string>>
  readonly value: number
}

export interface Prometheus {
  readonly url: string
  /**
   * Evaluates a PromQL expression that gives an instant vector.
   *
   * @throws Error with what Prometheus says of an expression that it does not accept
   */
  query(promql: string): Promise<Sample[]>
  stop(): Promise<void>
}

const DEADLINE_MS = 30_000

/**
 * For the `skip` of a test that needs the real Prometheus: false when `prometheus` and `promtool` are on the PATH, else
 * why the test cannot run. Says so on stderr as well.
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
  const child = spawn(
    'prometheus',
    [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=${new URL(url).host}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const ended = once(child, 'close')

  async function stop(): Promise<void> {
    child.kill()
    await ended
    process.off('exit', kill)
    await rm(directory, { recursive: true, force: true })
  }

  async function query(promql: string): Promise<Sample[]> {
    const response = await fetch(`${url}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: promql }),
    })
    const answer = (await response.json()) as QueryAnswer
    if (answer.status !== 'success') throw new Error(`${promql}: ${answer.error}`)
    if (answer.data.resultType !== 'vector')
      throw new Error(`${promql} gives a ${answer.data.resultType}, not a vector`)
    return answer.data.result.map(({ metric, value: [, text] }) => ({ metric, value: numberOf(text) }))
  }

  try {
    const deadline = performance.now() + DEADLINE_MS
    for (;;) {
      const response = await fetch(`${url}/-/ready`).catch(() => undefined)
      await response?.arrayBuffer()
      if (response?.ok) break
      if (child.exitCode !== null || performance.now() > deadline) throw new Error(`Prometheus did not start:\n${log}`)
      await wait(50)
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { url, query, stop }
}

type QueryAnswer =
  | { status: 'error'; error: string }
  | {
      status: 'success'
      data: { resultType: string; result: { metric: Record<string, string>; value: [number, string] }[] }
    }

const numberOf = (text: string) => Number(text.replace('Inf', 'Infinity'))
