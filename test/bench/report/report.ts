import type { Measurements, Scenario } from '../scenarios/scenario.ts'

/** The section of a scenario, in Markdown. */
export const reportScenario = (scenario: Scenario, measurements: Measurements): string =>
  `## ${scenario.title}\n\n${scenario.about} ${roundsOf(measurements)}\n\n${scenario.report(measurements)}`

/** The number of rounds of a measurement. */
function roundsOf(measurements: Measurements): string {
  const lists = Object.values(measurements).flatMap((measures) => Object.values(measures).flatMap(Object.values))
  const lengths = lists.map((list: readonly number[]) => list.length)
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)]
  return `Rounds: ${least === most ? least : `${least} to ${most}`}.`
}
