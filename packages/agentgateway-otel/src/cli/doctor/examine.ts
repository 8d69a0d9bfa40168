import { type DoctorOptions, gatherFacts } from './facts.ts'
import type { Finding, Level, Result } from './finding.ts'
import { FINDINGS } from './findings/index.ts'

/** A result, with what it is a result of. */
export interface Examined extends Result {
  readonly finding: Finding
}

/** What the doctor has seen. */
export interface Examination {
  readonly results: readonly Examined[]
  /** 0: all is well, but for hints. 1: there is a problem. 2: it could not see what it was to look at. */
  readonly exitCode: 0 | 1 | 2
}

/**
 * Looks for everything on the list.
 *
 * @throws CommandError when the options are wrong
 */
export async function examine(options: DoctorOptions): Promise<Examination> {
  const facts = await gatherFacts(options)
  const results = await Promise.all(
    FINDINGS.map(async (finding) => (await finding.check(facts)).map((result) => ({ ...result, finding }))),
  )
  const all = results.flat()
  const has = (level: Level) => all.some((result) => result.level === level)
  return { results: all, exitCode: has('problem') ? 1 : has('unseen') ? 2 : 0 }
}
