import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NODE } from '../../harness/app.ts'
import { childEnv } from '../../harness/environment.ts'
import { startProcess } from '../../harness/process.ts'

/** A JSON-RPC message as a line. */
export const message = (method: string, id?: unknown, params: object = {}) =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`

export const INITIALIZE = message('initialize', 0, {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'raw', version: '1' },
})

/** What a program has as stdin. */
export interface Stdin {
  /** Written at once, before the end. Default: nothing. */
  readonly input?: string | Buffer
  /** A file with the input, or no stdin at all, in place of a pipe. */
  readonly from?: 'file' | 'ignore'
  /** Sent when the program has written something; until then its stdin does not end. */
  readonly kill?: NodeJS.Signals
}

/** The lines of a stack trace, which may have a frame of the preload's. */
const FRAMES = /^ {4}at .*\n/gm
const OURS = /^agentgateway-otel: .*\n/gm

/** Runs a program to its end under this preload, and returns all that the world sees of it, without the preload's line. */
export async function runWithStdin(args: readonly string[], preload: string, { input = '', from, kill }: Stdin) {
  const directory = await mkdtemp(join(tmpdir(), 'mcp-stdio-'))
  const path = join(directory, 'input')
  await writeFile(path, input)
  const file = await open(path)
  try {
    const running = startProcess(NODE, ['--require', preload, ...args], {
      env: { ...childEnv(), OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1', OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
      stdin: from === 'file' ? file.fd : (from ?? 'pipe'),
      encoding: 'latin1',
    })
    const { child } = running
    child.stdin?.write(input)
    if (kill) child.stdout?.once('data', () => child.kill(kill))
    else child.stdin?.end()
    const exit = await running.exit()
    return { ...exit, stdout: running.stdout(), stderr: running.stderr().replace(OURS, '').replace(FRAMES, '') }
  } finally {
    await file.close()
    await rm(directory, { recursive: true })
  }
}
