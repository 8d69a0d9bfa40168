import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { managerEnv, NO_REGISTRY, PNPM } from './managers.ts'
import { packAll, ROOT } from './tarballs.ts'

const run = promisify(execFile)
const { resolve } = createRequire(join(ROOT, 'package.json'))

const read = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8')

const directory = mkdtempSync(join(tmpdir(), 'release-'))
after(() => rmSync(directory, { recursive: true }))

describe('a release', () => {
  it('publishes the tarballs that are tested, of all packages', async () => {
    const tested = await packAll(directory)
    const [command, ...args] = PNPM
    const publish = ['-r', '--filter', './packages/*', 'publish', '--dry-run', '--no-git-checks', '--json']
    const { stdout } = await run(command, [...args, ...publish], {
      cwd: ROOT,
      env: managerEnv(NO_REGISTRY),
      maxBuffer: 16 * 1024 * 1024,
    })
    const published: { name: string; integrity: string }[] = JSON.parse(stdout)
    const integrities = (packages: readonly { name: string; integrity: string }[]) =>
      packages.map(({ name, integrity }) => `${name} ${integrity}`).sort()
    assert.deepEqual(integrities(published), integrities(tested))
  })

  it('gives all packages the next version when one of them changes, and the change to its changelog', async () => {
    const files = [
      'package.json',
      'pnpm-workspace.yaml',
      '.changeset/config.json',
      '{packages,examples}/*/package.json',
    ]
    for (const file of globSync(files, { cwd: ROOT })) cpSync(join(ROOT, file), join(directory, file))
    const changeset = '---\n"@agentgateway-otel/wire": minor\n---\n\nObserves what it did not.\n'
    writeFileSync(join(directory, '.changeset/some-change.md'), changeset)
    const { bin } = JSON.parse(readFileSync(resolve('@changesets/cli/package.json'), 'utf8'))
    const cli = join(dirname(resolve('@changesets/cli/package.json')), bin.changeset)
    execFileSync(process.execPath, [cli, 'version'], { cwd: directory, stdio: 'pipe' })

    const manifests = globSync('packages/*/package.json', { cwd: ROOT })
    for (const file of manifests) {
      const [before, after] = [ROOT, directory].map((folder) => JSON.parse(read(folder, file)))
      const [major, minor] = before.version.split('.')
      assert.equal(after.version, `${major}.${Number(minor) + 1}.0`, file)
      // They go on to name each other by the workspace, for which `pnpm publish` puts the version.
      assert.deepEqual(after.dependencies, before.dependencies)
    }
    assert.match(read(directory, 'packages/wire/CHANGELOG.md'), /Observes what it did not\./)
  })

  it('is published by a workflow that has no secret, from the scripts of package.json', () => {
    const text = read(ROOT, '.github/workflows/release.yml')
    assert.doesNotMatch(text, /secrets\.|_TOKEN/)
    const { permissions, jobs } = parse(text)
    assert.deepEqual(permissions, { contents: 'read' })
    assert.deepEqual(jobs.publish.permissions, { contents: 'read', 'id-token': 'write' })
    const steps: { uses?: string; run?: string }[] = jobs.publish.steps
    for (const { uses } of steps) if (uses !== undefined) assert.match(uses, /^actions\/[\w-]+@v\d+$/)

    const { scripts } = JSON.parse(read(ROOT, 'package.json'))
    const commands = steps.flatMap(({ run }) => run ?? [])
    const [checksTag = '', ...others] = commands
    const { version } = JSON.parse(read(ROOT, 'packages/agentgateway-otel/package.json'))
    for (const [tag, isRight] of [
      [`v${version}`, true],
      ['v0.0.0', false],
    ] as const) {
      const check = () =>
        execFileSync('bash', ['-c', checksTag], { cwd: ROOT, env: { ...process.env, GITHUB_REF_NAME: tag } })
      if (isRight) check()
      else assert.throws(check)
    }
    assert.deepEqual(others, [
      'npx -y pnpm@12 install --frozen-lockfile',
      'npx -y pnpm@12 run release:check',
      'npx -y pnpm@12 run release',
    ])
    assert.notEqual(scripts['release:check'], undefined)
    // pnpm does not read it from `publishConfig`, and would publish without a word. With the flag it refuses where it cannot.
    assert.match(scripts.release, /--provenance/)
  })
})
