import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { childEnv } from '../harness/environment.ts'
import { type Families, parsePrometheusText } from '../harness/prometheus-text.ts'
import type { Variant } from './variants/index.ts'

const APP = fileURLToPath(new URL('./variants/hello.cjs', import.meta.url))

/** The hello-world server, in a process of its own. */
export interface HelloServer {
  readonly port: number
  /** CPU time that the process has used so far, in microseconds: its own and the kernel's for it, of all threads. */
  cpuMicroseconds(): Promise<number>
  metrics(): Promise<Families>
  stop(): Promise<void>
}

export async function startServer({ flags, env }: Variant): Promise<HelloServer> {
  const child = spawn(process.execPath, [...flags, APP], {
    env: { ...childEnv(), ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const { port } = (await message(child, () => stderr)) as { port: number }
  return {
    port,
    async cpuMicroseconds() {
      child.send('cpu')
      const { cpu } = (await message(child, () => stderr)) as { cpu: NodeJS.CpuUsage }
      return cpu.user + cpu.system
    },
    async metrics() {
      const url = /http:\/\/\S+\/metrics/.exec(stderr)?.[0]
      if (url === undefined) throw new Error(`the server does not say where its metrics are: ${stderr}`)
      const response = await fetch(url)
      return parsePrometheusText(await response.text())
    },
    async stop() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

async function message(child: ChildProcess, stderr: () => string): Promise<unknown> {
  const ended = new AbortController()
  const exit = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
    throw new Error(`the server ended with ${code}: ${stderr()}`)
  })
  try {
    const [received] = (await Promise.race([once(child, 'message', { signal: ended.signal }), exit])) as [unknown]
    return received
  } finally {
    exit.catch(() => {})
    ended.abort()
  }
}
