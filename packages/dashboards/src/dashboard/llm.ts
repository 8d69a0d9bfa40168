import { priced } from './cost.ts'
import { bars, figures, graph, heatmap } from './panels.ts'
import { increase, perBucket, perEvent, perInterval, perSecond, quantile, shareOf, top } from './queries.ts'

const MODEL = ['gen_ai_system', 'gen_ai_request_model'] as const
const MODEL_LEGEND = '{{gen_ai_system}} {{gen_ai_request_model}}'

const byModel = (expr: string) => top(expr, 'llmRequests', MODEL)

export const LLM = [
  graph({
    title: 'Calls by model',
    description: 'Calls to LLM providers per second, by the requested model, of the ten models with the most.',
    unit: 'reqps',
    width: 8,
    queries: [{ expr: byModel(perSecond('llmRequests', MODEL)), legend: MODEL_LEGEND }],
  }),
  bars({
    title: 'Failures by error',
    description: 'Failed calls in each interval, by error: the status code, aborted, or the error’s code.',
    unit: 'short',
    width: 8,
    queries: [
      {
        expr: perInterval('llmRequests', ['gen_ai_system', 'error_type'], { error_type: '!=""' }),
        legend: '{{gen_ai_system}} {{error_type}}',
      },
    ],
  }),
  graph({
    title: 'Failed calls',
    description: 'Share of each model’s calls that ended in an error, or that the process abandoned.',
    unit: 'percentunit',
    width: 8,
    queries: [{ expr: byModel(shareOf('llmRequests', { error_type: '!=""' }, MODEL)), legend: MODEL_LEGEND }],
  }),
  graph({
    title: 'Duration by model, p50',
    description: 'Time from the head of a call to the end of its response, the last event of a stream included.',
    unit: 's',
    width: 8,
    queries: [{ expr: byModel(quantile(0.5, 'llmRequestDuration', MODEL)), legend: MODEL_LEGEND }],
  }),
  graph({
    title: 'Duration by model, p95',
    description: 'The time that 95 % of each model’s calls stay below, estimated from the buckets.',
    unit: 's',
    width: 8,
    queries: [{ expr: byModel(quantile(0.95, 'llmRequestDuration', MODEL)), legend: MODEL_LEGEND }],
  }),
  heatmap({
    title: 'Distribution of call durations',
    description: 'How many calls took how long.',
    unit: 's',
    width: 8,
    expr: perBucket('llmRequestDuration'),
  }),
  graph({
    title: 'Tokens by model',
    description:
      'Tokens per second. Input includes cached tokens, output includes reasoning, and the two never overlap.',
    unit: 'short',
    width: 8,
    stacked: true,
    queries: [
      {
        expr: byModel(perSecond('llmTokens', [...MODEL, 'gen_ai_token_type'])),
        legend: `${MODEL_LEGEND} {{gen_ai_token_type}}`,
      },
    ],
  }),
  graph({
    title: 'Tokens per call',
    description: 'Mean number of tokens of the calls whose response reports usage.',
    unit: 'short',
    width: 8,
    queries: [
      {
        expr: byModel(perEvent('llmTokens', ['gen_ai_token_type'], 'llmRequests', { usage: '="reported"' }, MODEL)),
        legend: `${MODEL_LEGEND} {{gen_ai_token_type}}`,
      },
    ],
  }),
  graph({
    title: 'Calls without usage',
    description:
      'Share of the calls with a response whose response reports no usage, so that their tokens are missing from every panel of tokens. OpenAI’s streams need stream_options.include_usage.',
    unit: 'percentunit',
    width: 8,
    queries: [
      {
        expr: byModel(shareOf('llmRequests', { usage: '="missing"' }, MODEL, { usage: '=~"reported|missing"' })),
        legend: MODEL_LEGEND,
      },
    ],
  }),
  figures({
    title: 'Tokens in this time range',
    description: 'Tokens over the whole time range of the dashboard, by the requested model.',
    unit: 'short',
    width: 16,
    queries: [
      {
        expr: byModel(increase('llmTokens', [...MODEL, 'gen_ai_token_type'])),
        legend: `${MODEL_LEGEND} {{gen_ai_token_type}}`,
      },
    ],
  }),
  graph({
    title: 'Cost per hour by model',
    description:
      'US dollars for tokens, at the rate of the last five minutes. It needs the recording rules of `agentgateway-otel rules --prices`.',
    unit: 'currencyUSD',
    width: 8,
    stacked: true,
    queries: [{ expr: priced(['gen_ai_system', 'model']), legend: '{{gen_ai_system}} {{model}}' }],
  }),
]
