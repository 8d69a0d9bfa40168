import { fileURLToPath } from 'node:url'
import { NODE } from '../harness/app.ts'
import { childEnv } from '../harness/environment.ts'
import { type RunningProcess, startProcess } from '../harness/process.ts'

/** The bundled command, as a user gets it. */
export const CLI = fileURLToPath(new URL('../../packages/agentgateway-otel/dist/cli.cjs', import.meta.url))

export interface CliOptions {
  /** Added to the environment of tests. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** The environment of a command, without variables of this machine. */
export const cliEnv = (env: CliOptions['env'] = {}) => ({
  ...Object.fromEntries(
    Object.entries(childEnv()).filter(([name]) => !/^(AGENTGATEWAY_|NO_COLOR$|FORCE_COLOR$)/.test(name)),
  ),
  ...env,
})

/** Starts the command. */
export const startCli = (args: readonly string[], { env, cwd }: CliOptions = {}): RunningProcess =>
  startProcess(NODE, [CLI, ...args], { env: cliEnv(env), ...(cwd !== undefined && { cwd }) })

/** Runs the command to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}) {
  const cli = startCli(args, options)
  const { code, signal } = await cli.exit()
  return { code, signal, stdout: cli.stdout(), stderr: cli.stderr() }
}
