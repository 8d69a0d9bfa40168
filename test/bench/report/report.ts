import type { Measurements, Scenario } from '../scenarios/scenario.ts'

/** A scenario's section, in Markdown. */
export const reportScenario = (scenario: Scenario, measurements: Measurements): string =>
  `## ${scenario.title}\n\n${scenario.report(measurements)}`
