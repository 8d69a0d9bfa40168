/**
 * What agentgateway-otel costs, beside its alternatives, all measured in one run. Compare the ratios: times are this
 * machine's, at this moment.
 *
 *     pnpm bench                                        all, some 15 minutes; writes results/ and the documents
 *     pnpm bench --short                                half a minute, to see that it works: too little to mean anything
 *     pnpm bench request-path start-up                  these scenarios; prints, writes nothing
 *     pnpm bench request-path --cases hello,express     of a scenario these cases
 *     pnpm bench request-path --variants ours,prom-client  bare, and those whose names contain these
 *     pnpm bench --rounds 3                             fewer rounds, or more, than each scenario has
 *     pnpm bench --profile hello                        where the time of our variant goes in this app
 */
import { parseArgs } from 'node:util'
import { APPS, type AppName } from './apps/index.ts'
import { profile } from './profile.ts'
import { writeDocuments } from './report/documents.ts'
import { reportScenario } from './report/report.ts'
import { describeRun, writeResults } from './report/results.ts'
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
  },
})

const list = (text: string) => text.split(',').filter((one) => one !== '')

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
  if (!(name in APPS)) fail(`there is no app ${name}; there are ${Object.keys(APPS).join(', ')}`)
  console.log(await profile(name as AppName))
  process.exit()
}

for (const name of positionals) {
  if (SCENARIOS.some((scenario) => scenario.name === name)) continue
  fail(`there is no scenario ${name}; there are ${SCENARIOS.map((scenario) => scenario.name).join(', ')}`)
}
const asked = SCENARIOS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const variants = variantsNamed(list(values.variants))
const cases = list(values.cases)

const rounds = values.rounds === undefined ? {} : { rounds: Number(values.rounds) }

const run = describeRun()
const scenarios: Record<string, Measurements> = {}
for (const scenario of asked) {
  const say = (text: string) => process.stderr.write(`${scenario.name}: ${text}\n`)
  const measurements = await scenario.measure({ short: values.short, ...rounds, variants, cases, say })
  scenarios[scenario.name] = measurements
  console.log(`${reportScenario(scenario, measurements)}\n`)
}

const isWhole = !values.short && asked.length === SCENARIOS.length && variants === VARIANTS && cases.length === 0
if (isWhole) {
  writeResults({ ...run, scenarios })
  writeDocuments()
}
