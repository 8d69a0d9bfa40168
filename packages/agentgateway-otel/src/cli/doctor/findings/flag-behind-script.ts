import { quote } from '../../../configuration/quote.ts'
import { type Finding, problem, type Result } from '../finding.ts'
import { flagUsesBehind, REGISTER } from '../launches/flag-uses.ts'
import type { Launch } from '../launches/launch.ts'
import { capitalized } from '../listing.ts'

export const flagBehindScript: Finding = {
  code: 'flag-behind-script',
  summary: 'The flag stands behind the script, so that it is an argument of the app, which Node.js does not look at',
  section: 'docs/troubleshooting.md#no-line-on-stderr-at-the-start',
  check: ({ launches }) => launches.filter((launch) => flagUsesBehind(launch).length > 0).flatMap(problemOf),
}

function problemOf({ source, program, script }: Launch): readonly Result[] {
  const begin = capitalized(source)
  if (program === 'runner') {
    return [
      problem(
        `${begin} has the flag behind a script of package.json, so that Node.js never sees it.`,
        `Write --import ${REGISTER} into that script, behind node, or set NODE_OPTIONS="--import ${REGISTER}".`,
      ),
    ]
  }
  if (script === undefined) return []
  return [
    problem(
      `${begin} has the flag behind the script ${quote(script)}, so that it is an argument of the app and starts nothing.`,
      `Write ${program} --import ${REGISTER} ${script}.`,
    ),
  ]
}
