import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { childEnv } from '../harness/environment.ts'
import { measureRequestPath } from './request-path.ts'
import { summarize } from './statistics.ts'
import { HTTP_INSTRUMENTATION, OURS, PROM_CLIENT } from './variants/index.ts'

const TINY = { rounds: 1, warmUp: 5, turns: 2, requests: 20, connections: 3 }

describe('the benchmark', () => {
  it('runs in its short form and prints all variants', async () => {
    const bench = fileURLToPath(new URL('./bench.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [bench, '--short'], { env: childEnv() })
    for (const name of ['bare', OURS.name, PROM_CLIENT.name, HTTP_INSTRUMENTATION.name, 'auto-instrumentations-node']) {
      assert.match(stdout, new RegExp(`^\\| ${name} .*\\d`, 'm'))
    }
    assert.doesNotMatch(stdout, /NaN|Infinity|undefined/)
  })

  for (const variant of [OURS, PROM_CLIENT, HTTP_INSTRUMENTATION]) {
    it(`measures ${variant.name} only where it counted what was sent`, async () => {
      const measured = await measureRequestPath(TINY, undefined, [variant])
      assert.equal(measured.get(variant)?.length, TINY.rounds)

      const wrong: typeof variant = {
        ...variant,
        counted: (families, scrapes) => variant.counted(families, scrapes).map((count) => count + 1),
      }
      await assert.rejects(measureRequestPath(TINY, undefined, [wrong]), / counted 46\b.* of 45 requests$/)
    })
  }
})

describe('summarize', () => {
  it('finds the median and the middle half', () => {
    assert.deepEqual(summarize([5, 1, 4, 2, 3]), { lower: 2, median: 3, upper: 4 })
    assert.deepEqual(summarize([2, 1]), { lower: 1.25, median: 1.5, upper: 1.75 })
    assert.deepEqual(summarize([7]), { lower: 7, median: 7, upper: 7 })
  })
})
