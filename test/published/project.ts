import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { RunningProcess } from '../harness/process.ts'
import { startProcess } from '../harness/process.ts'
import { type Manager, managerEnv, NO_REGISTRY } from './managers.ts'
import type { Tarball } from './tarballs.ts'

const APPS = fileURLToPath(new URL('./apps', import.meta.url))

/** An app in a folder outside of the workspace, into which a package manager has installed tarballs. */
export interface Project {
  readonly folder: string
  /** Runs a command there to its end, and returns what it wrote to stdout. */
  run(command: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>
  /** Starts a command there, with metrics on a free port of the loopback interface. */
  start(command: readonly string[], env?: Readonly<Record<string, string>>): RunningProcess
}

/**
 * Makes an app in this folder, which gets the files of `apps`, and installs packages from their tarballs.
 *
 * @param registry where other packages come from. Default: none, so that an installation that needs others fails
 * @throws Error with the manager's output when it cannot install them
 */
export async function createProject(
  folder: string,
  manager: Manager,
  tarballs: readonly Tarball[],
  registry: string = NO_REGISTRY,
): Promise<Project> {
  const { typescript } = manager
  mkdirSync(join(folder, 'tarballs'), { recursive: true })
  for (const name of readdirSync(APPS)) copyFileSync(join(APPS, name), join(folder, name))
  for (const { filename } of tarballs) copyFileSync(filename, join(folder, 'tarballs', basename(filename)))
  const dependencies = Object.fromEntries(
    tarballs.map(({ name, filename }) => [name, `file:./tarballs/${basename(filename)}`]),
  )
  const files = {
    'package.json': JSON.stringify({
      name: 'shop',
      version: '1.0.0',
      private: true,
      type: 'module',
      license: 'UNLICENSED',
      scripts: { start: 'node --import agentgateway-otel/register server.js' },
      dependencies,
      ...(typescript !== undefined && registry !== NO_REGISTRY && { devDependencies: { typescript } }),
      ...manager.overrides(dependencies),
    }),
    ...manager.files(dependencies),
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)

  const project: Project = {
    folder,
    async run([command = '', ...args], env) {
      const options = { cwd: folder, env: { ...managerEnv(registry), ...env }, maxBuffer: 16 * 1024 * 1024 }
      try {
        return (await promisify(execFile)(command, args, options)).stdout
      } catch (error) {
        const { stdout, stderr } = error as { stdout: string; stderr: string }
        throw new Error(`${[command, ...args].join(' ')} failed\n${stdout}\n${stderr}`, { cause: error })
      }
    },
    start: ([command = '', ...args], env) =>
      startProcess(command, args, {
        cwd: folder,
        env: {
          ...managerEnv(registry),
          OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
          OTEL_EXPORTER_PROMETHEUS_PORT: '0',
          ...env,
        },
      }),
  }
  await project.run(manager.install)
  return project
}
