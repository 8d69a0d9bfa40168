import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import type { Measurements } from '../scenarios/scenario.ts'
import { VARIANTS } from '../variants/index.ts'

/** What was measured last, with which versions and on which machine, or machines. */
export interface Results {
  readonly node: string
  readonly machine: string
  /** The versions of the packages that were measured, by their names. */
  readonly versions: Readonly<Record<string, string>>
  /** The measurements, by the name of the scenario. */
  readonly scenarios: Readonly<Record<string, Measurements>>
  /** The measurements of the A/A tests, by the name of the scenario. */
  readonly alike: Readonly<Record<string, Measurements>>
  /** The day on which each case was measured, by the names of its scenario and of the case. */
  readonly dates: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** The cases of one scenario that a run has measured, with their A/A tests. */
export interface MeasuredScenario {
  readonly name: string
  readonly measurements: Measurements
  readonly alike: Measurements
}

const FILE = new URL('../results/results.json', import.meta.url)

export const readResults = (): Results => JSON.parse(readFileSync(FILE, 'utf8'))

/**
 * Returns the last results with those of a run in place of the same cases'.
 *
 * @param keepsOthers whether the cases that the run has not measured stay; they are of another day then
 */
export function updateResults(measured: readonly MeasuredScenario[], keepsOthers: boolean): Results {
  const last = keepsOthers ? readResults() : { scenarios: {}, alike: {}, dates: {} }
  const scenarios = { ...last.scenarios }
  const alike = { ...last.alike }
  const dates = { ...last.dates }
  const date = new Date().toISOString().slice(0, 10)
  for (const { name, ...own } of measured) {
    scenarios[name] = { ...scenarios[name], ...own.measurements }
    alike[name] = { ...alike[name], ...own.alike }
    dates[name] = { ...dates[name], ...Object.fromEntries(Object.keys(own.measurements).map((key) => [key, date])) }
  }
  const now = describeMachine()
  // What stays may be of another machine.
  const machines = new Set([...(keepsOthers ? readResults().machine.split(' and ') : []), now.machine])
  return { ...now, machine: [...machines].join(' and '), scenarios, alike, dates }
}

/** Returns the day on which most cases were measured, and in parentheses the other days with their cases. */
export function formatDays(dates: Readonly<Record<string, string>>): string {
  const byDay = [...Map.groupBy(Object.entries(dates), ([, day]) => day)].sort(([, a], [, b]) => b.length - a.length)
  const [[most = ''] = [], ...others] = byDay
  const rest = others.map(([day, cases]) => `${cases.map(([name]) => name).join(', ')}: ${day}`).join('; ')
  return rest === '' ? most : `${most} (${rest})`
}

/** Returns a sentence that says when a scenario was measured. */
export const whenMeasured = ({ dates }: Results, scenario: string): string =>
  `Measured on ${formatDays(dates[scenario] ?? {})}.`

/** Rounds numbers to four significant digits: the measurements are less precise than that. */
const roundNumbers = (_key: string, value: unknown) =>
  typeof value === 'number' ? Number(value.toPrecision(4)) : value

/** Writes the results with each list of numbers on one line, so that a diff shows which numbers have changed. */
export function writeResults(results: Results): void {
  const text = JSON.stringify(results, roundNumbers, 2)
  writeFileSync(
    FILE,
    `${text.replaceAll(/\[[^[\]{}"]*\]/g, (list) => list.replaceAll(/\s+/g, ' ').replaceAll(/\[ | \]/g, (bracket) => bracket.trim()))}\n`,
  )
}

function describeMachine(): Pick<Results, 'node' | 'machine' | 'versions'> {
  const { length: cores, 0: cpu } = cpus()
  const names = new Set(VARIANTS.flatMap(({ packages }) => packages))
  return {
    node: process.version,
    machine: `${cores} × ${cpu?.model ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    versions: Object.fromEntries([...names].sort().map((name) => [name, versionOf(name)])),
  }
}

/** Returns the version of a package that the benchmark has installed, or of our own. */
function versionOf(name: string): string {
  const isOurs = name === 'agentgateway-otel'
  const folder = isOurs ? '../../../packages/agentgateway-otel' : `../node_modules/${name}`
  return JSON.parse(readFileSync(new URL(`${folder}/package.json`, import.meta.url), 'utf8')).version
}
