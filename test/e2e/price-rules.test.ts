import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { calcPrice, findProvider, type MatchLogic, type Usage } from '@pydantic/genai-prices'
import { parse } from 'yaml'
import { PROVIDERS } from '../../packages/agentgateway-otel/src/cli/prices/priced-systems.ts'
import { NODE } from '../harness/app.ts'
import { prometheusIsMissing } from '../harness/real-prometheus.ts'

const CLI = fileURLToPath(new URL('../../packages/agentgateway-otel/dist/cli.cjs', import.meta.url))
const DAY = '2026-11-27'

const run = (...args: readonly string[]) => spawnSync(NODE, [CLI, ...args], { encoding: 'utf8', maxBuffer: 2 ** 24 })

interface Rule {
  readonly record: string
  readonly expr: string
  readonly labels?: Readonly<Record<string, string>>
}

/** A series that grows by so many tokens per second. */
const tokens = (metric: string, perSecond: number, labels: Readonly<Record<string, string>>) => ({
  series: `agentgateway_llm_${metric}_total{${Object.entries({
    job: 'app',
    gateway: 'shop',
    gen_ai_operation_name: 'chat',
    ...labels,
  })
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}}`,
  values: `0+${perSecond * 60}x10`,
})

const GPT = { gen_ai_system: 'openai', gen_ai_request_model: 'gpt-5', gen_ai_response_model: 'gpt-5-2025-08-07' }
const CLAUDE = {
  gen_ai_system: 'anthropic',
  gen_ai_request_model: 'claude-sonnet-5',
  gen_ai_response_model: 'claude-sonnet-5',
}
const GEMINI = { gen_ai_system: 'gcp.gemini', gen_ai_request_model: 'gemini-2.5-pro', gen_ai_response_model: 'unknown' }
const OWN = { gen_ai_system: 'custom', gen_ai_request_model: 'own', gen_ai_response_model: 'own' }
const of = (gen_ai_token_type: string, labels: object) => ({ ...labels, gen_ai_token_type })

const SERIES = [
  tokens('tokens', 1000, of('input', GPT)),
  tokens('tokens', 100, of('output', GPT)),
  // 4,000 of 5,000 tokens are read from the cache, and 500 written to it.
  tokens('tokens', 5000, of('input', CLAUDE)),
  tokens('tokens', 200, of('output', CLAUDE)),
  tokens('token_details', 4000, of('input_cache_read', CLAUDE)),
  tokens('token_details', 500, of('input_cache_write', CLAUDE)),
  // The response names no model.
  tokens('tokens', 100, of('input', GEMINI)),
  tokens('tokens', 10, of('output', GEMINI)),
  tokens('tokens', 7, of('input', OWN)),
]

/** Worked by hand from the providers' prices for a million tokens, in millionths of a US dollar per second. */
const COSTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'gpt-5-2025-08-07': { input: 1000 * 1.25, output: 100 * 10 },
  'claude-sonnet-5': { input: 500 * 2, input_cache_read: 4000 * 0.2, input_cache_write: 500 * 2.5, output: 200 * 10 },
  'gemini-2.5-pro': { input: 100 * 1.25, output: 10 * 10 },
}

describe('agentgateway-otel rules --prices', () => {
  const { stdout, stderr, status } = run('rules', '--prices', '--day', DAY)
  const [{ rules } = { rules: [] }] = (parse(stdout) as { groups: { rules: Rule[] }[] }).groups

  it('says on stdout where the prices are from and what is assumed, and nothing on stderr', () => {
    assert.deepEqual([status, stderr], [0, ''])
    assert.match(
      stdout,
      /^# The cost of LLM calls.*\n#\n# Prices: @pydantic\/genai-prices \d+\.\d+\.\d+ of \d{4}-\d\d-\d\d \(MIT\)/,
    )
    assert.match(stdout, /^# What is assumed:$/m)
  })

  it('writes rules that give calls their cost, with prompt caching and without', {
    skip: prometheusIsMissing(),
  }, () => {
    const directory = mkdtempSync(join(tmpdir(), 'price-rules-'))
    try {
      const samples = Object.entries(COSTS).flatMap(([model, kinds]) =>
        Object.entries(kinds).map(([gen_ai_token_type, value]) => ({
          labels: `{model="${model}", gen_ai_token_type="${gen_ai_token_type}"}`,
          value,
        })),
      )
      const expressions = [
        ['round(1e6 * sum by (model, gen_ai_token_type) (agentgateway:llm_cost_usd:rate5m), 0.001)', samples],
        [
          'round(sum by (model) (agentgateway:llm_unpriced_tokens:rate5m), 0.001)',
          [{ labels: '{model="own"}', value: 7 }],
        ],
        [
          'count by (job, gateway, gen_ai_system) (agentgateway:llm_cost_usd:rate5m{gen_ai_system="openai"})',
          [{ labels: '{job="app", gateway="shop", gen_ai_system="openai"}', value: 2 }],
        ],
      ] as const
      const systems = [GPT, CLAUDE, GEMINI].map(({ gen_ai_system }) => gen_ai_system).join()
      writeFileSync(join(directory, 'all.yml'), stdout)
      writeFileSync(join(directory, 'some.yml'), run('rules', '--prices', '--systems', systems, '--day', DAY).stdout)
      const test = {
        rule_files: ['some.yml'],
        evaluation_interval: '1m',
        tests: [
          {
            interval: '1m',
            input_series: SERIES,
            promql_expr_test: expressions.map(([expr, exp_samples]) => ({ expr, eval_time: '10m', exp_samples })),
          },
        ],
      }
      writeFileSync(join(directory, 'test.yml'), JSON.stringify(test))
      for (const args of [
        ['check', 'rules', 'all.yml'],
        ['test', 'rules', 'test.yml'],
      ]) {
        const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: directory, encoding: 'utf8' })
        assert.equal(status, 0, `${args.join(' ')}\n${stdout}${stderr}`)
      }
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  it('gives every model of the price list the price that the list’s own package gives it', () => {
    const noon = new Date(`${DAY}T12:00:00Z`)
    let compared = 0
    for (const [system, providerId] of PROVIDERS) {
      const priceOf = readPrices(rules, system)
      for (const name of namesOf(providerId)) {
        const usd = (usage: Usage, price: 'input_price' | 'output_price') =>
          calcPrice({ ...usage }, name, { providerId, timestamp: noon })?.[price]
        const expected = [
          usd({ input_tokens: 1 }, 'input_price'),
          usd({ input_tokens: 1, cache_read_tokens: 1 }, 'input_price'),
          usd({ output_tokens: 1 }, 'output_price'),
        ]
        const kinds = ['input', 'input_cache_read', 'output'].map((kind) => priceOf(kind, name))
        for (const [i, usd] of expected.entries()) {
          // The package has 0 for what it has no price of; a kind without a rule has the price of its whole.
          const price = kinds[i] ?? (i === 1 ? kinds[0] : undefined) ?? 0
          assert.ok(
            Math.abs(price - (usd ?? 0)) <= 1e-5 * (usd ?? 0),
            `${system} ${name}, price ${i}: ${price} instead of ${usd}`,
          )
          compared++
        }
      }
    }
    assert.ok(compared > 3000, `${compared} prices compared`)
  })

  it('writes the prices of the systems that are named alone', () => {
    const { stdout } = run('rules', '--prices', '--systems', 'openai, anthropic', '--day', DAY)
    const systems = new Set([...stdout.matchAll(/gen_ai_system: (\S+)/g)].map(([, system]) => system))
    assert.deepEqual([...systems], ['openai', 'anthropic'])
  })

  it('says what is wrong, and writes no rules', () => {
    for (const [args, message] of [
      [['rules', '--prices', '--systems', 'openai,opanai'], /no prices of "opanai", only of anthropic, /],
      [['rules', '--prices', '--day', 'yesterday'], /'yesterday' is invalid\. It has to be a day/],
      [['rules', '--prices', '--day', '2026-13-45'], /'2026-13-45' is invalid/],
      [['ruels'], /unknown command 'ruels'\n\(Did you mean rules\?\)/],
    ] as const) {
      const { status, stdout, stderr } = run(...args)
      assert.deepEqual([status, stdout], [2, ''])
      assert.match(stderr, message)
    }
  })
})

/** Returns a function that finds the price of a model as Prometheus would: the first operand of `or` that matches. */
function readPrices(rules: readonly Rule[], system: string) {
  const operands = new Map(
    rules
      .filter(({ record, labels }) => record === 'agentgateway:llm_token_price_usd' && labels?.gen_ai_system === system)
      .map(({ expr, labels }) => [labels?.gen_ai_token_type, expr.split(' or ').map(readOperand)]),
  )
  return (kind: string, model: string) => operands.get(kind)?.find(({ matches }) => matches(model))?.usd
}

function readOperand(text: string) {
  const usd = Number(/ \* (\S+)$/.exec(text)?.[1])
  const matchers = [...text.matchAll(/model(=~|!~)("(?:[^"\\]|\\.)*")/g)].map(([, operator, quoted]) => {
    const pattern = JSON.parse(quoted as string).replace(/^\(\?i\)/, '')
    const regex = new RegExp(`^(?:${pattern})$`, 'is')
    return (model: string) => regex.test(model) === (operator === '=~')
  })
  return { usd, matches: (model: string) => matchers.every((matches) => matches(model)) }
}

/** Returns names that a provider's list of models is asked for: its exact ones, and such as match its patterns. */
function namesOf(providerId: string): readonly string[] {
  const textsOf = (match: MatchLogic): readonly string[] => {
    if ('or' in match) return match.or.flatMap(textsOf)
    if ('and' in match) return match.and.flatMap(textsOf)
    if ('equals' in match) return [match.equals]
    if ('starts_with' in match) return [match.starts_with, `${match.starts_with}-x`]
    if ('contains' in match) return [match.contains, `a.${match.contains}-x`]
    if ('ends_with' in match) return [match.ends_with, `a-${match.ends_with}`]
    return []
  }
  const { models = [] } = findProvider({ providerId }) ?? {}
  return [...new Set(models.flatMap(({ match }) => textsOf(match)))]
}
