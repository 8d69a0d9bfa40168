import type { Facts } from '../facts.ts'
import { type Finding, problem, well } from '../finding.ts'
import { places } from '../listing.ts'

export const wrongVariables: Finding = {
  code: 'wrong-variables',
  summary: 'A variable is misspelt, or has a value that cannot be used',
  section: 'docs/configuration.md',
  check({ settings }) {
    const byProblem = sourcesByProblem(settings)
    if (byProblem.size === 0)
      return [well(`The variables are right in ${places(settings.map(({ source }) => source))}.`)]
    return [...byProblem].map(([text, sources]) =>
      problem(`${text} (in ${places(sources)}).`, 'All variables, and what they may be, are in the document.'),
    )
  },
}

/** Processes inherit their variables, so several have the same problem. */
function sourcesByProblem(settings: Facts['settings']): ReadonlyMap<string, readonly string[]> {
  const sources = new Map<string, string[]>()
  for (const { source, configuration, envFileProblem } of settings) {
    const problems = envFileProblem === undefined ? [] : [`${envFileProblem}, so that Node.js does not start`]
    for (const text of [...problems, ...configuration.problems]) {
      const known = sources.get(text)
      if (known === undefined) sources.set(text, [source])
      else known.push(source)
    }
  }
  return sources
}
