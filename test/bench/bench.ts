/**
 * Measures what agentgateway-otel costs beside its alternatives, all in one run. Compare the ratios: the absolute times
 * only describe this machine at this moment.
 *
 *     pnpm bench                                        everything, about 25 minutes; writes results/ and the documents
 *     pnpm bench --short                                half a minute: checks that everything works; the numbers mean nothing
 *     pnpm bench request-path start-up                  only these scenarios; prints the results, writes nothing
 *     pnpm bench scrape --keep                          only these, and writes their results beside the others'
 *     pnpm bench request-path --cases hello,express     only these cases of a scenario
 *     pnpm bench request-path --variants ours,prom-client  only bare and the variants whose names contain one of these
 *     pnpm bench --rounds 3                             this many rounds instead of each scenario's own number
 *     pnpm bench --profile hello                        a CPU profile of this app with agentgateway-otel
 */
import { parseArgs } from 'node:util'
import { APPS, type AppName } from './apps/index.ts'
import { profile } from './profile.ts'
import { writeDocuments } from './report/documents.ts'
import { reportScenario } from './report/report.ts'
import { describeRun, updateResults, writeResults } from './report/results.ts'
import { SCENARIOS } from './scenarios/index.ts'
import type { Measurements } from './scenarios/scenario.ts'
import { BARE, OURS, VARIANTS, type Variant } from './variants/index.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    variants: { type: 'string', default: '' },
    cases: { type: 'string', default: '' },
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
const variants = variantsNamed(splitList(values.variants))
const cases = splitList(values.cases)

const rounds = values.rounds === undefined ? {} : { rounds: Number(values.rounds) }

const run = describeRun()
const scenarios: Record<string, Measurements> = {}
for (const scenario of selected) {
  const log = (text: string) => process.stderr.write(`${scenario.name}: ${text}\n`)
  const measurements = await scenario.measure({ short: values.short, ...rounds, variants, cases, log })
  scenarios[scenario.name] = measurements
  console.log(`${reportScenario(scenario, measurements)}\n`)
}

const areComplete = !values.short && variants === VARIANTS && cases.length === 0
if (areComplete && (values.keep || selected.length === SCENARIOS.length)) {
  writeResults(values.keep ? updateResults(run, scenarios) : { ...run, scenarios })
  writeDocuments()
}
