import type { Measurements, Scenario } from '../scenarios/scenario.ts'

/**
 * Returns a scenario's section of the report, in Markdown.
 *
 * @param when a sentence that says when it was measured
 */
export function reportScenario(scenario: Scenario, measurements: Measurements, when = ''): string {
  const about = `${scenario.about} ${roundsOf(measurements)} ${when}`.trim()
  return `## ${scenario.title}\n\n${about}\n\n${scenario.report(measurements)}`
}

/** Says in how many rounds the scenario was measured. */
function roundsOf(measurements: Measurements): string {
  const lists = Object.values(measurements).flatMap((measures) => Object.values(measures).flatMap(Object.values))
  const lengths = lists.map((list: readonly number[]) => list.length)
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)]
  return `Rounds: ${least === most ? least : `${least} to ${most}`}.`
}
