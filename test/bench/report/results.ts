import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import type { Measurements } from '../scenarios/scenario.ts'
import { VARIANTS } from '../variants/index.ts'

/** What one run measured, with which versions and on which machine. */
export interface Results {
  readonly date: string
  readonly node: string
  readonly machine: string
  /** The versions of the packages that were measured, by their names. */
  readonly versions: Readonly<Record<string, string>>
  /** The dates of scenarios that were measured apart from the others, by their names. */
  readonly dates?: Readonly<Record<string, string>>
  /** The measurements, by the name of the scenario. */
  readonly scenarios: Readonly<Record<string, Measurements>>
}

const FILE = new URL('../results/results.json', import.meta.url)

export const readResults = (): Results => JSON.parse(readFileSync(FILE, 'utf8'))

/** Returns the last results with those of some scenarios in place of theirs. */
export function updateResults({ date }: Omit<Results, 'scenarios'>, scenarios: Results['scenarios']): Results {
  const last = readResults()
  const dates = Object.fromEntries(Object.keys(scenarios).map((name) => [name, date]))
  return { ...last, dates: { ...last.dates, ...dates }, scenarios: { ...last.scenarios, ...scenarios } }
}

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

export function describeRun(): Omit<Results, 'scenarios'> {
  const { length: cores, 0: cpu } = cpus()
  const names = new Set(VARIANTS.flatMap(({ packages }) => packages))
  return {
    date: new Date().toISOString().slice(0, 10),
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
