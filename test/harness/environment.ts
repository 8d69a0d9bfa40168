import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where the child processes have their rendezvous, apart from what earlier processes left at the same port. */
const TMPDIR = mkdtempSync(join(tmpdir(), 'test-processes-'))
process.on('exit', () => rmSync(TMPDIR, { recursive: true, force: true }))

/** The environment of this process, without variables that would make a child differ from one on a fresh machine. */
export const childEnv = (): Record<string, string | undefined> => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(NODE_OPTIONS|NODE_TEST_CONTEXT|OTEL_.*|OPENAI_.*|ANTHROPIC_.*)$/.test(name),
    ),
  ),
  TMPDIR,
})

/** The environment of the demo's app: free ports of the loopback interface, and the service's name. */
export const demoEnv = (gateway: string) => ({
  ...childEnv(),
  PORT: '0',
  OTEL_SERVICE_NAME: gateway,
  OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
  OTEL_EXPORTER_PROMETHEUS_PORT: '0',
})
