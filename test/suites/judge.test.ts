import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Judgement, judgeAll } from './judge.ts'
import { readOptions } from './options.ts'

const SAMPLE = fileURLToPath(new URL('./sample', import.meta.url))
const PRELOAD = join(SAMPLE, 'adds-listener.mjs')

/** Judges files of the sample with a preload that adds a listener for `exit`. */
async function judged(files: readonly string[], ...flags: string[]): Promise<Record<string, Judgement>> {
  const judgements: Judgement[] = []
  await judgeAll(files, readOptions([SAMPLE, '--preload', PRELOAD, ...flags]), (judgement) =>
    judgements.push(judgement),
  )
  return Object.fromEntries(judgements.map((judgement) => [judgement.file, judgement]))
}

describe('the program that runs another project’s suite', { concurrency: true }, () => {
  let directory: string
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'suites-'))
    process.env.TURNS = join(directory, 'turns')
  })
  after(async () => {
    delete process.env.TURNS
    await rm(directory, { recursive: true })
  })

  it('tells results that the preload changes from those that any preload changes, from flaky tests and from tests that fail anyway', async () => {
    const verdicts = {
      'passes.cjs': 'same',
      'needs-flags.cjs': 'same',
      'counts-listeners.cjs': 'ours',
      'counts-flags.cjs': 'any preload',
      'fails.cjs': 'fails anyway',
      'fails-every-other-time.cjs': 'flaky',
    }
    for (const place of ['NODE_OPTIONS', 'argv']) {
      const files = Object.keys(verdicts).filter((file) => place === 'NODE_OPTIONS' || file !== 'needs-flags.cjs')
      const judgements = await judged(files, '--flag-in', place, '--repeats', '1')
      for (const file of files) {
        assert.equal(judgements[file]?.verdict, verdicts[file as keyof typeof verdicts], `${file}, ${place}`)
      }
    }
  })

  it('loads a CommonJS preload by --require', async () => {
    const flags = ['--repeats', '1', '--preload', join(SAMPLE, 'adds-listener.cjs')]
    const judgements = await judged(['counts-listeners.cjs', 'needs-flags.cjs', 'counts-imports.cjs'], ...flags)
    const verdicts = Object.entries(judgements).map(([file, { verdict }]) => `${file}: ${verdict}`)
    assert.deepEqual(verdicts.sort(), [
      'counts-imports.cjs: same',
      'counts-listeners.cjs: ours',
      'needs-flags.cjs: same',
    ])
  })

  it('runs a file with the given runner', async () => {
    const judgements = await judged(['counts-listeners.cjs', 'passes.cjs'], '--runner', 'node --test', '--repeats', '1')
    assert.equal(judgements['passes.cjs']?.verdict, 'same')
    assert.match(judgements['passes.cjs']?.runs.preload[0]?.output ?? '', /passes\.cjs/)
    assert.equal(judgements['counts-listeners.cjs']?.runs.preload[0]?.result, 'exit 1')
  })

  it('ends a file that hangs, and the processes that it has started', async () => {
    const { runs, verdict } = (await judged(['hangs.cjs'], '--timeout', '5'))['hangs.cjs'] as Judgement
    assert.equal(verdict, 'fails anyway')
    for (const { result, output } of [...runs.plain, ...runs.preload]) {
      assert.equal(result, 'timed out')
      await gone(Number(/^child (\d+)$/m.exec(output)?.[1]))
    }
  })

  it('reports the files that differ with their output, and exits with 1 if there are any', () => {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [fileURLToPath(new URL('./run.ts', import.meta.url)), ...args], { encoding: 'utf8' })
    const all = run(SAMPLE, '{passes,counts-flags,counts-listeners}.cjs', '--preload', PRELOAD, '--repeats', '1')
    assert.equal(all.status, 1, all.stderr)
    assert.match(all.stdout, /^ours +\| counts-listeners\.cjs +\| passed ×2 +\| passed ×2 +\| exit 1 ×2$/m)
    assert.match(all.stdout, /^any preload +\| counts-flags\.cjs +\| passed ×2 +\| exit 1 ×2 +\| exit 1 ×2$/m)
    assert.match(all.stdout, /^counts-listeners\.cjs\n.*\n? *.*somebody listens for exit/ms)
    assert.match(all.stdout, /^same: 1, fails anyway: 0, any preload: 1, flaky: 0, ours: 1$/m)
    assert.equal(run(SAMPLE, 'passes.cjs', '--preload', PRELOAD).status, 0)
    for (const wrong of [[], [SAMPLE, 'no-such-file'], [SAMPLE, '--timeout', 'x'], [SAMPLE, '--flag-in', 'x']]) {
      const { status, stderr } = run(...wrong)
      assert.equal(status, 2)
      assert.match(stderr, /pnpm test:suites <folder>/)
    }
  })
})

/** Waits for the end of a process that is no child of this one. */
async function gone(pid: number): Promise<void> {
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
