import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import { NODE, REGISTER } from '../../harness/app.ts'
import { childEnv } from '../../harness/environment.ts'
import { type RunningProcess, startProcess } from '../../harness/process.ts'

/** The folder of the built package. */
const PACKAGE = dirname(dirname(REGISTER))

/** The built command. */
export const CLI = join(PACKAGE, 'dist/cli.cjs')

type Env = Readonly<Record<string, string | undefined>>

/** One result of the report. */
export interface Result {
  readonly code: string
  readonly level: 'problem' | 'unseen' | 'hint' | 'well'
  readonly what: string
  readonly advice?: string
  readonly link: string
}

export interface Diagnosis {
  readonly exitCode: number | null
  readonly results: readonly Result[]
  /** Returns the results of one finding that are not well. */
  of(code: string): readonly Result[]
  /** Returns what is well of one finding. */
  wellOf(code: string): readonly string[]
}

export interface DoctorOptions {
  readonly cwd: string
  readonly env?: Env
  /** The arguments of `doctor`, the start command among them. */
  readonly args?: readonly string[]
  /** Flags of the Node.js that runs it. */
  readonly nodeOptions?: readonly string[]
}

/** Runs `agentgateway-otel doctor` to its end. */
export async function runDoctor({ cwd, env = {}, args = [], nodeOptions = [] }: DoctorOptions) {
  const doctor = startProcess(NODE, [...nodeOptions, CLI, 'doctor', ...args], {
    cwd,
    env: { ...childEnv(), ...env },
    stdin: 'ignore',
  })
  const { code } = await doctor.exit()
  return { code, stdout: doctor.stdout(), stderr: doctor.stderr() }
}

/** Runs `agentgateway-otel doctor --json` and reads its report. */
async function diagnose({ args = [], ...options }: DoctorOptions): Promise<Diagnosis> {
  const { code, stdout, stderr } = await runDoctor({ ...options, args: ['--json', ...args] })
  assert.equal(stderr, '')
  const report = JSON.parse(stdout) as { exitCode: number; results: readonly Result[] }
  assert.equal(report.exitCode, code)
  const resultsOf = (code: string) => report.results.filter((result) => result.code === code)
  return {
    exitCode: code,
    results: report.results,
    of: (code) => resultsOf(code).filter(({ level }) => level !== 'well'),
    wellOf: (code) => resultsOf(code).flatMap(({ level, what }) => (level === 'well' ? [what] : [])),
  }
}

/** Asserts that the finding has one result, with this level and text, that gives advice and a link. */
export function assertFound(diagnosis: Diagnosis, code: string, level: Result['level'], what: RegExp): Result {
  const [result, ...others] = diagnosis.of(code)
  if (result === undefined)
    return assert.fail(`${code} is not among ${JSON.stringify(diagnosis.results, undefined, 1)}`)
  assert.deepEqual(others, [])
  assert.equal(result.level, level)
  assert.match(result.what, what)
  assert.match(result.link, /^https:\/\/github\.com\/.*\.md/)
  assert.equal(
    diagnosis.exitCode,
    diagnosis.results.some((one) => one.level === 'problem') ? 1 : level === 'unseen' ? 2 : 0,
  )
  return result
}

/** The folder of an app, which is removed when the process ends. */
export interface Project {
  readonly folder: string
  /** Starts Node.js in the folder. */
  node(args: readonly string[], env?: Env): RunningProcess
  /** Runs the doctor in the folder. */
  diagnose(options?: Omit<DoctorOptions, 'cwd'>): Promise<Diagnosis>
}

export interface ProjectOptions {
  /** The text of each file, by its path; that of package.json may be an object. Default: a package.json with a name. */
  readonly files?: Readonly<Record<string, string | object>>
  /** Whether the package is installed. Default: true. */
  readonly isInstalled?: boolean
  /** Folders of other packages that are installed, by their names. */
  readonly packages?: Readonly<Record<string, string>>
}

const folders: string[] = []
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

export function createProject({ files = {}, isInstalled = true, packages = {} }: ProjectOptions = {}): Project {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'doctor-')))
  folders.push(folder)
  const all = { 'package.json': { name: 'shop', type: 'module' }, ...files }
  for (const [path, content] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
  const installed = { ...packages, ...(isInstalled && { 'agentgateway-otel': PACKAGE }) }
  for (const [name, target] of Object.entries(installed)) {
    const link = join(folder, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(target, link)
  }
  return {
    folder,
    node: (args, env = {}) => startProcess(NODE, args, { cwd: folder, env: { ...childEnv(), ...env } }),
    diagnose: (options = {}) => diagnose({ ...options, cwd: folder }),
  }
}

/** Returns the folder of a package that the tests of another folder have installed. */
export const installedIn = (folder: string, name: string): string =>
  realpathSync(fileURLToPath(new URL(`../../${folder}/node_modules/${name}`, import.meta.url)))

export const FLAG = ['--import', 'agentgateway-otel/register'] as const

/** An app that serves HTTP and says its port. */
export const SERVER = `
import { createServer } from 'node:http'
const server = createServer((_, response) => response.end('ok'))
server.listen(0, '127.0.0.1', () => console.log('ready ' + server.address().port))
`

/** Serves HTTP at a port of the loopback interface, until the test file ends. Returns the port. */
export async function serve(handle: RequestListener): Promise<number> {
  const server = createServer(handle)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** The environment of an app with metrics at this port of the loopback interface. */
export const at = (port: number) => ({
  OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
  OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
})
