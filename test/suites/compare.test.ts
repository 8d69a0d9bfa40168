import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Comparison, compareFiles } from './compare.ts'
import { readOptions } from './options.ts'

const SAMPLE = fileURLToPath(new URL('./sample', import.meta.url))
const PRELOAD = join(SAMPLE, 'adds-listener.mjs')

/** Compares runs of files in `sample`, with a preload that adds a listener for `exit`. */
async function compareSamples(files: readonly string[], ...flags: string[]): Promise<Record<string, Comparison>> {
  const comparisons: Comparison[] = []
  await compareFiles(files, readOptions([SAMPLE, '--preload', PRELOAD, ...flags]), (comparison) =>
    comparisons.push(comparison),
  )
  return Object.fromEntries(comparisons.map((comparison) => [comparison.file, comparison]))
}

describe('test:suites', { concurrency: true }, () => {
  let directory: string
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'suites-'))
    process.env.TURNS = join(directory, 'turns')
  })
  after(async () => {
    delete process.env.TURNS
    await rm(directory, { recursive: true })
  })

  it('distinguishes a change by the preload from a change by any preload, a flaky test and a test that fails anyway', async () => {
    const verdicts = {
      'passes.cjs': 'same',
      'needs-flags.cjs': 'same',
      'counts-listeners.cjs': 'ours',
      'counts-flags.cjs': 'any preload',
      'fails.cjs': 'fails anyway',
      'fails-every-other-time.cjs': 'flaky',
    }
    for (const flagIn of ['NODE_OPTIONS', 'argv']) {
      const files = Object.keys(verdicts).filter((file) => flagIn === 'NODE_OPTIONS' || file !== 'needs-flags.cjs')
      const comparisons = await compareSamples(files, '--flag-in', flagIn, '--repeats', '1')
      for (const file of files) {
        assert.equal(comparisons[file]?.verdict, verdicts[file as keyof typeof verdicts], `${file}, ${flagIn}`)
      }
    }
  })

  it('loads a CommonJS preload by --require', async () => {
    const flags = ['--repeats', '1', '--preload', join(SAMPLE, 'adds-listener.cjs')]
    const comparisons = await compareSamples(
      ['counts-listeners.cjs', 'needs-flags.cjs', 'counts-imports.cjs'],
      ...flags,
    )
    const verdicts = Object.entries(comparisons).map(([file, { verdict }]) => `${file}: ${verdict}`)
    assert.deepEqual(verdicts.sort(), [
      'counts-imports.cjs: same',
      'counts-listeners.cjs: ours',
      'needs-flags.cjs: same',
    ])
  })

  it('runs files with the given runner', async () => {
    const comparisons = await compareSamples(
      ['counts-listeners.cjs', 'passes.cjs'],
      '--runner',
      'node --test',
      '--repeats',
      '1',
    )
    assert.equal(comparisons['passes.cjs']?.verdict, 'same')
    assert.match(comparisons['passes.cjs']?.runs.preload[0]?.output ?? '', /passes\.cjs/)
    assert.equal(comparisons['counts-listeners.cjs']?.runs.preload[0]?.result, 'exit 1')
  })

  it('ends a file that hangs together with its child processes', async () => {
    const { runs, verdict } = (await compareSamples(['hangs.cjs'], '--timeout', '5'))['hangs.cjs'] as Comparison
    assert.equal(verdict, 'fails anyway')
    for (const { result, output } of [...runs.plain, ...runs.preload]) {
      assert.equal(result, 'timed out')
      await untilGone(Number(/^child (\d+)$/m.exec(output)?.[1]))
    }
  })

  it('reports the files that differ with their output, and exits with 1 only if there are any', () => {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [fileURLToPath(new URL('./run.ts', import.meta.url)), ...args], { encoding: 'utf8' })
    const all = run(SAMPLE, '{passes,counts-flags,counts-listeners}.cjs', '--preload', PRELOAD, '--repeats', '1')
    assert.equal(all.status, 1, all.stderr)
    assert.match(all.stdout, /^ours +\| counts-listeners\.cjs +\| passed ×2 +\| passed ×2 +\| exit 1 ×2$/m)
    assert.match(all.stdout, /^any preload +\| counts-flags\.cjs +\| passed ×2 +\| exit 1 ×2 +\| exit 1 ×2$/m)
    assert.match(all.stdout, /^counts-listeners\.cjs\n.*\n? *.*there is a listener for exit/ms)
    assert.match(all.stdout, /^same: 1, fails anyway: 0, any preload: 1, flaky: 0, ours: 1$/m)
    assert.equal(run(SAMPLE, 'passes.cjs', '--preload', PRELOAD).status, 0)
    for (const invalidArgs of [[], [SAMPLE, 'no-such-file'], [SAMPLE, '--timeout', 'x'], [SAMPLE, '--flag-in', 'x']]) {
      const { status, stderr } = run(...invalidArgs)
      assert.equal(status, 2)
      assert.match(stderr, /pnpm test:suites <folder>/)
    }
  })
})

/** Waits for the end of a process that is not a child of this one. */
async function untilGone(pid: number): Promise<void> {
  assert.ok(pid > 0)
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await wait(20)
  }
}
