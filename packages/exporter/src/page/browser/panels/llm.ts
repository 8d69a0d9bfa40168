import { METRICS } from '@agentgateway-otel/metrics'
import { count, number, percent } from '../../../reading/format.ts'
import { type Groups, run, splitKey, sumBy } from '../../../reading/query.ts'
import { largest, rateLines, rateOf, SECONDS_PER_MINUTE, toneAt } from '../lines.ts'
import { lazyRows, type Panel, type Tone } from '../panel.ts'
import { latencyPanel } from './latency.ts'

const BY_MODEL_AND_ERROR = sumBy(METRICS.llmRequests.name, 'gen_ai_request_model', 'error_type')
const BY_USAGE = sumBy(METRICS.llmRequests.name, 'usage')
const BY_TYPE = sumBy(METRICS.llmTokens.name, 'gen_ai_token_type')
const BY_MODEL_AND_TYPE = sumBy(METRICS.llmTokens.name, 'gen_ai_request_model', 'gen_ai_token_type')

const sum = (groups: Groups | undefined) => [...(groups?.values() ?? [])].reduce((sum, [value = 0]) => sum + value, 0)

const calls: Panel = {
  id: 'llm-calls',
  title: 'Calls',
  metrics: [METRICS.llmRequests.name],
  queries: [BY_MODEL_AND_ERROR],
  view(history, families) {
    const latest = history.latest(BY_MODEL_AND_ERROR)
    const growth = history.latestGrowth(BY_MODEL_AND_ERROR)
    const groups = largest(latest)
    const total = sum(latest)
    const failed = groups.filter(({ key }) => splitKey(key)[1] !== '').reduce((sum, { value }) => sum + value, 0)
    const withoutUsage = run(BY_USAGE, families).get(JSON.stringify(['missing']))?.[0] ?? 0
    return {
      figures: [
        {
          value: number(growth ? (SECONDS_PER_MINUTE * sum(growth.groups)) / growth.seconds : Number.NaN),
          label: 'per minute',
        },
        { value: count(total), label: 'in total' },
        { value: percent(total === 0 ? 0 : failed / total), label: 'failed' },
        ...(withoutUsage > 0 ? [{ value: count(withoutUsage), label: 'without tokens' }] : []),
      ],
      chart: {
        kind: 'layers',
        title: 'Calls to models per minute, by model and error',
        lines: rateLines(
          history,
          BY_MODEL_AND_ERROR,
          { name: (key) => splitKey(key).filter(Boolean).join(', ') },
          SECONDS_PER_MINUTE,
        ),
        format: number,
      },
      table: {
        columns: ['Model', 'Error', 'Per minute', 'Total'],
        rows: lazyRows(groups, ({ key, value }, i) => {
          const [model = '', error = ''] = splitKey(key)
          return {
            tone: toneAt(i),
            names: [model, error === '' ? 'none' : error],
            cells: [number(SECONDS_PER_MINUTE * rateOf(growth, key)), count(value)],
          }
        }),
      },
    }
  },
}

const TYPES: readonly { readonly type: string; readonly tone: Tone }[] = [
  { type: 'input', tone: 'c0' },
  { type: 'output', tone: 'c1' },
]

const tokens: Panel = {
  id: 'llm-tokens',
  title: 'Tokens',
  metrics: [METRICS.llmTokens.name],
  queries: [BY_TYPE],
  view(history, families) {
    const byType = history.latest(BY_TYPE)
    const growth = history.latestGrowth(BY_TYPE)
    const totals = new Map<string, Record<string, number>>()
    for (const { key, value } of largest(run(BY_MODEL_AND_TYPE, families))) {
      const [model = '', type = ''] = splitKey(key)
      totals.set(model, { ...totals.get(model), [type]: value })
    }
    const total = (type: string) => byType.get(JSON.stringify([type]))?.[0] ?? 0
    return {
      figures: TYPES.map(({ type, tone }) => ({
        value: number(SECONDS_PER_MINUTE * rateOf(growth, JSON.stringify([type]))),
        label: `${type} per minute`,
        tone,
      })),
      chart: {
        kind: 'lines',
        title: 'Tokens per minute, input and output',
        lines: rateLines(
          history,
          BY_TYPE,
          {
            name: (key) => splitKey(key)[0] ?? '',
            tone: (key) => TYPES.find(({ type }) => type === splitKey(key)[0])?.tone ?? 'other',
          },
          SECONDS_PER_MINUTE,
        ),
        format: number,
      },
      table: {
        columns: ['Model', 'Input', 'Output'],
        rows: [
          { names: ['all models'], cells: [count(total('input')), count(total('output'))] },
          ...[...totals].map(([model, { input = 0, output = 0 }]) => ({
            names: [model],
            cells: [count(input), count(output)],
          })),
        ],
      },
    }
  },
}

export const LLM_PANELS: readonly Panel[] = [
  calls,
  tokens,
  latencyPanel('llm-latency', 'Latency of calls', METRICS.llmRequestDuration),
]
