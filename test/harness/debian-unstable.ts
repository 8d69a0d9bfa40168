/**
 * Programs from Debian's unstable suite, which are newer than those of a stable release. `pnpm fetch:programs` downloads
 * and unpacks them into a cache, without installing anything; tests use what is in the cache. The mirror is the one that
 * this machine's apt uses, and apt checks the signatures.
 *
 * The programs need the C library of about this year, and VictoriaMetrics also libzstd, which Debian always has.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

const PROGRAMS = {
  'prometheus-3': { package: 'prometheus', path: 'usr/bin/prometheus', version: '--version' },
  'victoria-metrics': { package: 'victoria-metrics', path: 'usr/bin/victoria-metrics', version: '--version' },
  vmagent: { package: 'victoria-metrics', path: 'usr/bin/vmagent', version: '--version' },
  'docker-compose': {
    package: 'docker-compose',
    path: 'usr/libexec/docker/cli-plugins/docker-compose',
    version: 'version',
  },
  kustomize: { package: 'kustomize', path: 'usr/bin/kustomize', version: 'version' },
} as const

export type ProgramName = keyof typeof PROGRAMS

const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'agentgateway-otel-tests', process.arch)

/** The package's files, as they would be below `/`. */
const folderOf = (name: ProgramName) => join(CACHE, PROGRAMS[name].package)

/** Returns the path of the program in the cache; undefined where it is not there or does not run on this machine. */
export function cachedProgram(name: ProgramName): string | undefined {
  const path = join(folderOf(name), PROGRAMS[name].path)
  return existsSync(path) && spawnSync(path, [PROGRAMS[name].version]).status === 0 ? path : undefined
}

/** For the `skip` of a test: false where the program is in the cache, else why it is not, which is also written to stderr. */
export function whyMissing(program: ProgramName): string | false {
  if (cachedProgram(program) !== undefined) return false
  const reason = `NOT TESTED with ${program}: run 'npx -y pnpm@12 fetch:programs', which needs Debian's apt`
  process.stderr.write(`${reason}\n`)
  return reason
}

/** Downloads and unpacks the programs that the cache does not have. Throws an Error with apt's message where it cannot. */
function fetchPrograms(): void {
  const programs = (Object.keys(PROGRAMS) as ProgramName[]).filter((name) => cachedProgram(name) === undefined)
  /** One program of each package, as a package is unpacked whole. */
  const missing = [...new Map(programs.map((name) => [PROGRAMS[name].package, name])).values()]
  if (missing.length === 0) return
  const directory = mkdtempSync(join(tmpdir(), 'debian-unstable-'))
  try {
    for (const folder of ['lists/partial', 'archives/partial']) mkdirSync(join(directory, folder), { recursive: true })
    const sources = join(directory, 'unstable.sources')
    const keys = '/usr/share/keyrings/debian-archive-keyring.gpg'
    const entry = { Types: 'deb', URIs: debianMirror(), Suites: 'unstable', Components: 'main', 'Signed-By': keys }
    writeFileSync(
      sources,
      Object.entries(entry)
        .map(([field, value]) => `${field}: ${value}\n`)
        .join(''),
    )
    const options = {
      'Dir::Etc::sourcelist': sources,
      'Dir::Etc::sourceparts': '-',
      'Dir::State::lists': join(directory, 'lists'),
      'Dir::Cache': directory,
      'Acquire::Retries': '2',
      'Acquire::http::Timeout': '30',
    }
    const apt = (...args: string[]) =>
      run(
        'apt-get',
        [...Object.entries(options).map(([name, value]) => `-o${name}=${value}`), '-q', ...args],
        directory,
      )
    apt('update')
    apt('download', ...missing.map((name) => PROGRAMS[name].package))
    for (const name of missing) {
      const archive = readdirSync(directory).find((file) => file.startsWith(`${PROGRAMS[name].package}_`))
      if (archive === undefined) throw new Error(`apt-get did not download ${PROGRAMS[name].package}`)
      const unpacked = `${folderOf(name)}.new`
      rmSync(unpacked, { recursive: true, force: true })
      mkdirSync(unpacked, { recursive: true })
      run('dpkg', ['-x', archive, unpacked], directory)
      rmSync(folderOf(name), { recursive: true, force: true })
      renameSync(unpacked, folderOf(name))
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function debianMirror(): string {
  const targets = run('apt-get', ['indextargets', '--format', '$(LABEL) $(REPO_URI)', 'Created-By: Packages'])
  const mirror = /^Debian (\S+)$/m.exec(targets)?.[1]
  if (mirror === undefined) throw new Error("apt knows no mirror of Debian; run 'apt-get update' on a Debian machine")
  return mirror
}

function run(command: string, args: readonly string[], cwd?: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.at(-1)}: ${error?.message ?? stdout + stderr}`)
  return stdout
}

if (import.meta.main) {
  try {
    fetchPrograms()
    for (const name of Object.keys(PROGRAMS) as ProgramName[]) console.log(`${name}: ${cachedProgram(name)}`)
  } catch (error) {
    console.error(`NOT FETCHED, so that the tests that need it are skipped: ${(error as Error).message}`)
    process.exitCode = 1
  }
}
