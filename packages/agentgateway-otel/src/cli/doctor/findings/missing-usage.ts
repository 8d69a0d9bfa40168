import { type Finding, problem, well } from '../finding.ts'
import { counted, listing } from '../listing.ts'
import { samplesOf, sumsBy, total } from '../series.ts'

export const missingUsage: Finding = {
  code: 'missing-usage',
  summary: 'LLM calls succeed whose responses report no tokens, such as streams of OpenAI that were not asked to',
  section: 'README.md#streams-without-usage',
  check({ endpoint: { families } }) {
    // A call that failed, or that the app left, is not expected to report tokens.
    const calls = samplesOf(families, 'llmRequests').filter(({ labels }) => labels.get('error_type') === '')
    if (calls.length === 0) return []
    const missing = calls.filter(({ labels }) => labels.get('usage') === 'missing')
    if (missing.length === 0) return [well('All LLM calls that succeeded report their tokens.')]
    const byModel = new Map(sumsBy('gen_ai_request_model', calls))
    const shares = sumsBy('gen_ai_request_model', missing).map(
      ([model, count]) => `${listing([model])} ${count} of ${byModel.get(model)}`,
    )
    return [
      problem(
        `${total(missing)} of ${counted(total(calls), 'LLM call')} reported no tokens, so that none are counted for them: ${shares.slice(0, 10).join(', ')}.`,
        'If they are streams of OpenAI or of an API compatible with it, add stream_options: { include_usage: true } to the request.',
      ),
    ]
  },
}
