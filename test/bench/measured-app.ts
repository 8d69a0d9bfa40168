import { once } from 'node:events'
import { scrape } from '../harness/app.ts'
import { childEnv } from '../harness/environment.ts'
import { freePort } from '../harness/free-port.ts'
import { type RunningProcess, startProcess } from '../harness/process.ts'
import type { Families } from '../harness/prometheus-text.ts'
import type { Variant } from './variants/index.ts'

/** An app of the benchmark, in a process of its own that reports what it uses. */
export interface MeasuredApp {
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
  /** JavaScript's heap, with what is not collected yet. */
  readonly heapBytes: number
}

/** @param file a script that calls apps/measured.cjs */
export async function startMeasuredApp(
  file: string,
  { flags, env = {}, needsPort }: Pick<Variant, 'flags' | 'env' | 'needsPort'>,
  appEnv: Readonly<Record<string, string>> = {},
): Promise<MeasuredApp> {
  const metricsPort = needsPort ? await freePort() : undefined
  const portEnv = metricsPort === undefined ? {} : { OTEL_EXPORTER_PROMETHEUS_PORT: String(metricsPort) }
  const running = startProcess(process.execPath, [...flags, file], {
    env: { ...childEnv(), ...env, ...portEnv, ...appEnv },
    stdin: 'ignore',
    stdout: 'ignore',
    ipc: true,
  })
  const { child } = running
  const { port } = (await nextMessage(running)) as { port: number }
  return {
    port,
    async usage() {
      child.send('usage')
      const { cpu, rss, heap } = (await nextMessage(running)) as { cpu: NodeJS.CpuUsage; rss: number; heap: number }
      return { cpuMicroseconds: cpu.user + cpu.system, residentBytes: rss, heapBytes: heap }
    },
    async metrics() {
      const url = metricsPort
        ? `http://127.0.0.1:${metricsPort}/metrics`
        : /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(running.stderr())?.[0]
      if (url === undefined) throw new Error(`the app has not written where its metrics are: ${running.stderr()}`)
      return scrape(url)
    },
    async stop() {
      if (child.connected) child.disconnect()
      await running.exit()
    },
  }
}

/** @throws Error when the process ends instead of sending a message */
async function nextMessage({ child, exit, stderr }: RunningProcess): Promise<unknown> {
  const settled = new AbortController()
  const ended = exit().then(({ code }) => {
    throw new Error(`the app ended with ${code}: ${stderr().slice(0, 10_000)}`)
  })
  try {
    const message = once(child, 'message', { signal: settled.signal }).then(([message]) => message)
    return await Promise.race([message, ended])
  } finally {
    ended.catch(() => {})
    settled.abort()
  }
}
