import type { Measurements, Scenario } from '../scenarios/scenario.ts'

/**
 * Returns a scenario's section of the report, in Markdown.
 *
 * @param date when it was measured, where that was not with the others
 */
export function reportScenario(scenario: Scenario, measurements: Measurements, date?: string): string {
  const when = date === undefined ? '' : ` Measured on ${date}.`
  return `## ${scenario.title}\n\n${scenario.about} ${roundsOf(measurements)}${when}\n\n${scenario.report(measurements)}`
}

/** Says in how many rounds the scenario was measured. */
function roundsOf(measurements: Measurements): string {
  const lists = Object.values(measurements).flatMap((measures) => Object.values(measures).flatMap(Object.values))
  const lengths = lists.map((list: readonly number[]) => list.length)
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)]
  return `Rounds: ${least === most ? least : `${least} to ${most}`}.`
}
