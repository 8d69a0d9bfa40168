import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { childEnv } from '../harness/environment.ts'
import { freePort } from '../harness/free-port.ts'
import { type Families, parsePrometheusText } from '../harness/prometheus-text.ts'
import type { Variant } from './variants/index.ts'

/** An app, in a process of its own. */
export interface AppProcess {
  readonly port: number
  usage(): Promise<Usage>
  metrics(): Promise<Families>
  stop(): Promise<void>
}

interface Usage {
  /** CPU time that the process has used so far: its own and the kernel's for it, of all threads. */
  readonly cpuMicroseconds: number
  /** Resident memory. */
  readonly residentBytes: number
}

type Start = Pick<Variant, 'flags' | 'env' | 'needsPort'>

/** @param file a script that calls apps/measured.cjs */
export async function startProcess(
  file: string,
  { flags, env = {}, needsPort }: Start,
  appEnv: Readonly<Record<string, string>> = {},
): Promise<AppProcess> {
  const metricsPort = needsPort ? await freePort() : undefined
  const portEnv = metricsPort === undefined ? {} : { OTEL_EXPORTER_PROMETHEUS_PORT: String(metricsPort) }
  const child = spawn(process.execPath, [...flags, file], {
    env: { ...childEnv(), ...env, ...portEnv, ...appEnv },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const exited = once(child, 'exit')
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    // Enough to say why it failed: some go on about exporters that cannot be reached.
    if (stderr.length < 10_000) stderr += text
  })
  const { port } = (await message(child, () => stderr)) as { port: number }
  return {
    port,
    async usage() {
      child.send('usage')
      const { cpu, rss } = (await message(child, () => stderr)) as { cpu: NodeJS.CpuUsage; rss: number }
      return { cpuMicroseconds: cpu.user + cpu.system, residentBytes: rss }
    },
    async metrics() {
      const url = metricsPort
        ? `http://127.0.0.1:${metricsPort}/metrics`
        : /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(stderr)?.[0]
      if (url === undefined) throw new Error(`the app does not say where its metrics are: ${stderr}`)
      const response = await fetch(url)
      return parsePrometheusText(await response.text())
    },
    async stop() {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}

/** The next message; throws when the process ends instead. */
async function message(child: ChildProcess, stderr: () => string): Promise<unknown> {
  const ended = new AbortController()
  const exit = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
    throw new Error(`the app ended with ${code}: ${stderr()}`)
  })
  try {
    const [received] = (await Promise.race([once(child, 'message', { signal: ended.signal }), exit])) as [unknown]
    return received
  } finally {
    exit.catch(() => {})
    ended.abort()
  }
}
