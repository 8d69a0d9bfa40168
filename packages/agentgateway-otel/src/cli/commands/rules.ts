import { Command, InvalidArgumentError } from 'commander'
import { PRICE_LIST, PROVIDERS } from '../prices/priced-systems.ts'

interface RulesOptions {
  readonly prices?: boolean
  readonly systems?: readonly string[]
  readonly day?: Date
}

export function rulesCommand(): Command {
  return new Command('rules')
    .description('Writes Prometheus recording and alert rules to stdout, as YAML for rule_files.')
    .option(
      '--prices',
      `instead, recording rules for the cost of LLM calls, by the prices of ${PRICE_LIST.name} of ${PRICE_LIST.date}`,
    )
    .option(
      '--systems <list>',
      'with --prices: only the prices of these values of gen_ai_system, with commas between them',
      parseSystems,
    )
    .option('--day <date>', 'with --prices: the prices of this day, as 2026-11-27 (default: today)', parseDay)
    .addHelpText(
      'after',
      '\nExamples:\n  npx agentgateway-otel rules > agentgateway.rules.yaml\n  npx agentgateway-otel rules --prices --systems openai,anthropic > prices.rules.yaml',
    )
    .action(async function (this: Command, { prices, systems, day }: RulesOptions) {
      if (prices) {
        const { createPriceRules } = await import('../prices/price-rules.ts')
        process.stdout.write(createPriceRules({ day: day ?? new Date(), ...(systems && { systems }) }))
      } else if (systems ?? day) {
        this.error(`error: ${systems ? '--systems' : '--day'} is for prices: add --prices`)
      } else {
        const { default: rules } = await import('@agentgateway-otel/dashboards/agentgateway-otel.rules.yaml')
        process.stdout.write(rules)
      }
    })
}

function parseSystems(text: string): readonly string[] {
  const systems = text.split(',').map((system) => system.trim())
  const unknown = systems.filter((system) => !PROVIDERS.has(system))
  if (unknown.length === 0) return systems
  throw new InvalidArgumentError(
    `There are no prices of ${unknown.map((system) => JSON.stringify(system)).join(', ')}, only of ${[...PROVIDERS.keys()].join(', ')}.`,
  )
}

function parseDay(text: string): Date {
  const date = new Date(`${text}T00:00:00Z`)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(date.getTime())) {
    throw new InvalidArgumentError('It has to be a day, as 2026-11-27.')
  }
  return date
}
