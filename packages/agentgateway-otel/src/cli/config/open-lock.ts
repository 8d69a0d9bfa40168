import type { LockConfiguration } from '../../configuration/configuration.ts'

/** What the preload finds when it opens the endpoint's lock. */
export interface OpenedLock {
  readonly isTls: boolean
  /** What it would write to stderr. */
  readonly problems: readonly string[]
}

/** Reads the files that lock the endpoint, as the preload does at its start. */
export async function openLock(locks: LockConfiguration): Promise<OpenedLock> {
  const { createConfiguredLock } = await import('../../entries/locks.ts')
  const problems: string[] = []
  const lock = createConfiguredLock({
    ...locks,
    log: (_, text) => {
      problems.push(text)
    },
    onError: (error) => {
      problems.push(String(error))
    },
  })
  return { isTls: lock.open().isTls, problems }
}
