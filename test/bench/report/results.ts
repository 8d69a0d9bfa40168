import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import type { Measurements } from '../scenarios/scenario.ts'
import { VARIANTS } from '../variants/index.ts'

/** The measurements of one run, and the machine that made them. */
export interface Results {
  readonly date: string
  readonly node: string
  readonly machine: string
  /** The versions of the packages that were measured. */
  readonly versions: Readonly<Record<string, string>>
  /** The measurements, by the name of the scenario. */
  readonly scenarios: Readonly<Record<string, Measurements>>
}

const FILE = new URL('../results/results.json', import.meta.url)

export const readResults = (): Results => JSON.parse(readFileSync(FILE, 'utf8'))

/** Rounds to four digits, which is more than the measurements' precision. */
const rounded = (_key: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value)

/** Writes each list of numbers on one line, so that a diff shows what changed. */
export function writeResults(results: Results): void {
  const text = JSON.stringify(results, rounded, 2)
  writeFileSync(
    FILE,
    `${text.replaceAll(/\[[^[\]{}"]*\]/g, (list) => list.replaceAll(/\s+/g, ' ').replaceAll(/\[ | \]/g, (b) => b.trim()))}\n`,
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

/** The version of a package, as installed beside this file or as it is in this repository. */
function versionOf(name: string): string {
  const own = name === 'agentgateway-otel'
  const folder = own ? '../../../packages/agentgateway-otel' : `../node_modules/${name}`
  return JSON.parse(readFileSync(new URL(`${folder}/package.json`, import.meta.url), 'utf8')).version
}
