import type { Facts } from '../facts.ts'
import { type Finding, problem, type Result, well } from '../finding.ts'
import { capitalized } from '../listing.ts'
import { isAtLeast, MINIMUM } from '../machine/versions.ts'
import { appRuntimes } from '../runtimes.ts'

export const unsupportedRuntime: Finding = {
  code: 'unsupported-runtime',
  summary: 'The app runs on a Node.js that is too old, or on Bun or Deno, and has no metrics there',
  section: 'docs/troubleshooting.md#a-line-says-that-it-is-off',
  check(facts: Facts) {
    const runtimes = appRuntimes(facts)
    const problems = runtimes.flatMap(({ source, runtime, version }): Result[] => {
      if (runtime !== 'node') {
        const name = runtime === 'bun' ? 'Bun' : 'Deno'
        return [
          problem(`${capitalized(source)} runs the app on ${name}, where it has no metrics.`, 'Run it on Node.js.'),
        ]
      }
      if (version === undefined || isAtLeast(version, ...MINIMUM)) return []
      return [
        problem(
          `${capitalized(source)} runs on Node.js ${version}, which is too old, so that the app has no metrics.`,
          `Use Node.js ${MINIMUM.join('.')} or newer.`,
        ),
      ]
    })
    const versions = [...new Set(runtimes.flatMap(({ version }) => version ?? []))]
    if (problems.length > 0 || versions.length === 0) return problems
    return [well(`Node.js ${versions.join(', ')} is new enough.`)]
  },
}
