import { figure, graph } from './panels.ts'
import { increase, perEvent, perSecond, quantile, share } from './queries.ts'

const MODEL = ['gen_ai_system', 'gen_ai_request_model'] as const
const MODEL_LEGEND = '{{gen_ai_system}} {{gen_ai_request_model}}'

export const LLM = [
  graph({
    title: 'Calls by model',
    description: 'Calls to LLM providers per second, by the requested model.',
    unit: 'reqps',
    width: 8,
    queries: [{ expr: perSecond('llmRequests', MODEL), legend: MODEL_LEGEND }],
  }),
  graph({
    title: 'Failed calls',
    description: 'Share of each model’s calls that ended in an error, or that the process abandoned.',
    unit: 'percentunit',
    width: 8,
    queries: [{ expr: share('llmRequests', { error_type: '!=""' }, MODEL), legend: MODEL_LEGEND }],
  }),
  graph({
    title: 'Errors',
    description: 'Failed calls per second, by error: the status code, aborted, or the error’s code.',
    unit: 'reqps',
    width: 8,
    queries: [
      {
        expr: perSecond('llmRequests', ['gen_ai_system', 'error_type'], { error_type: '!=""' }),
        legend: '{{gen_ai_system}} {{error_type}}',
      },
    ],
  }),
  graph({
    title: 'Duration by model, p50',
    description: 'Time from the head of a call to the end of its response, the last event of a stream included.',
    unit: 's',
    width: 8,
    queries: [{ expr: quantile(0.5, 'llmRequestDuration', MODEL), legend: MODEL_LEGEND }],
  }),
  graph({
    title: 'Duration by model, p95',
    description: 'The time that 95 % of each model’s calls stay below, estimated from the buckets.',
    unit: 's',
    width: 8,
    queries: [{ expr: quantile(0.95, 'llmRequestDuration', MODEL), legend: MODEL_LEGEND }],
  }),
  graph({
    title: 'Calls without usage',
    description:
      'Share of the calls with a response whose response reports no usage, so that their tokens are missing from every panel of tokens. OpenAI’s streams need stream_options.include_usage.',
    unit: 'percentunit',
    width: 8,
    queries: [
      {
        expr: share('llmRequests', { usage: '="missing"' }, MODEL, { usage: '=~"reported|missing"' }),
        legend: MODEL_LEGEND,
      },
    ],
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
        expr: perSecond('llmTokens', [...MODEL, 'gen_ai_token_type']),
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
        expr: perEvent('llmTokens', ['gen_ai_token_type'], 'llmRequests', { usage: '="reported"' }, MODEL),
        legend: `${MODEL_LEGEND} {{gen_ai_token_type}}`,
      },
    ],
  }),
  figure({
    title: 'Tokens in this time range',
    description: 'Tokens over the whole time range of the dashboard, by the requested model.',
    unit: 'short',
    width: 8,
    queries: [
      {
        expr: increase('llmTokens', [...MODEL, 'gen_ai_token_type']),
        legend: `${MODEL_LEGEND} {{gen_ai_token_type}}`,
      },
    ],
  }),
]
