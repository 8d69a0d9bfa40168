/**
 * Measures what agentgateway-otel costs beside its alternatives, all in one run. Compare the ratios: the absolute times
 * only describe this machine at this moment.
 *
 *     pnpm bench                                        everything, which takes several hours; writes results/ and the documents
 *     pnpm bench --short                                half a minute: checks that everything works; the numbers mean nothing
 *     pnpm bench request-path start-up                  only these scenarios; prints the results, writes nothing
 *     pnpm bench scrape --keep                          only these, and writes their results beside the others'
 *     pnpm bench request-path --cases hello,express     only these cases of a scenario
 *     pnpm bench request-path --variants ours,prom-client  only bare and the variants whose names contain one of these
 *     pnpm bench request-path --before ../main          also ours as another checkout has built it
 *     pnpm bench request-path --alike                   only the A/A test: the same contestant in every place
 *     pnpm bench --rounds 3                             this many rounds instead of each scenario's own number
 *     pnpm bench --profile hello                        a CPU profile of this app with agentgateway-otel
 */
import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { APPS, type AppName } from './apps/index.ts'
import { profile } from './profile.ts'
import { writeDocuments } from './report/documents.ts'
import { findUnfairPlaces, formatFairness } from './report/fairness.ts'
import { reportScenario } from './report/report.ts'
import { type MeasuredScenario, updateResults, writeResults } from './report/results.ts'
import { SCENARIOS } from './scenarios/index.ts'
import type { Measurements, Options, Scenario } from './scenarios/scenario.ts'
import { BARE, OURS, oursIn, VARIANTS, type Variant } from './variants/index.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    variants: { type: 'string', default: '' },
    cases: { type: 'string', default: '' },
    before: { type: 'string' },
    alike: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
})

const splitList = (text: string) => text.split(',').filter((item) => item !== '')

function variantsNamed(names: readonly string[]): readonly Variant[] {
  const isNamed = (variant: Variant) =>
    names.some((name) => (name === 'ours' ? variant === OURS : variant.name.includes(name)))
  return names.length === 0 ? VARIANTS : VARIANTS.filter((variant) => variant === BARE || isNamed(variant))
}

/** Returns ours as another checkout has built it, which is named by its revision. */
function variantOf(checkout: string): Variant {
  const revision = execFileSync('git', ['-C', checkout, 'rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  return oursIn(`${resolve(checkout)}/`, revision)
}

function fail(message: string): never {
  console.error(message)
  process.exit(2)
}

if (values.profile) {
  const [name = 'hello'] = positionals
  if (!(name in APPS)) fail(`there is no app ${name}; the apps are ${Object.keys(APPS).join(', ')}`)
  console.log(await profile(name as AppName))
  process.exit()
}

for (const name of positionals) {
  if (SCENARIOS.some((scenario) => scenario.name === name)) continue
  fail(`there is no scenario ${name}; the scenarios are ${SCENARIOS.map((scenario) => scenario.name).join(', ')}`)
}
const selected = SCENARIOS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const before = values.before === undefined ? [] : [variantOf(values.before)]
const variants = [...variantsNamed(splitList(values.variants)), ...before]
const cases = splitList(values.cases)
const isWhole = selected.length === SCENARIOS.length && cases.length === 0
const isWritten = !values.short && !values.alike && values.variants === '' && (values.keep || isWhole)

const optionsFor = ({ name }: Scenario, alike: boolean): Options => ({
  short: values.short,
  ...(values.rounds === undefined ? {} : { rounds: Number(values.rounds) }),
  alike,
  variants,
  cases,
  log: (text) => process.stderr.write(`${name}${alike ? ', A/A test' : ''}: ${text}\n`),
})

/** Returns the cases whose A/A tests were fair; what the others measured is said on stderr. */
function fairCasesOf(scenario: Scenario, alike: Measurements): readonly string[] {
  return Object.entries(alike).flatMap(([name, measures]) => {
    const unfair = findUnfairPlaces(scenario, measures)
    for (const sentence of unfair) console.error(`${scenario.name}, ${name}: ${sentence}`)
    return unfair.length === 0 ? [name] : []
  })
}

const pick = (measurements: Measurements, names: readonly string[]): Measurements =>
  Object.fromEntries(Object.entries(measurements).filter(([name]) => names.includes(name)))

const measured: MeasuredScenario[] = []
for (const scenario of selected) {
  const alike = values.alike || isWritten ? await scenario.measure(optionsFor(scenario, true)) : {}
  if (values.alike || isWritten) console.log(`${formatFairness([scenario], { [scenario.name]: alike })}\n`)
  const fair = fairCasesOf(scenario, alike)
  if (fair.length < Object.keys(alike).length) process.exitCode = 1
  if (values.alike) continue
  const measurements = await scenario.measure(optionsFor(scenario, false))
  console.log(`${reportScenario(scenario, measurements)}\n`)
  measured.push({ name: scenario.name, measurements: pick(measurements, fair), alike: pick(alike, fair) })
}

if (isWritten) {
  writeResults(updateResults(measured, values.keep))
  writeDocuments()
}
