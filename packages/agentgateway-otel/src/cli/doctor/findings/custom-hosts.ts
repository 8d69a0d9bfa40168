import { type Finding, hint, well } from '../finding.ts'
import { counted, listing } from '../listing.ts'
import { samplesOf, sumsBy, total } from '../series.ts'

export const customHosts: Finding = {
  code: 'custom-hosts',
  summary: 'LLM calls go to a host that is not known, and have `gen_ai_system="custom"`',
  section: 'docs/troubleshooting.md#series-are-missing-or-their-labels-say-little',
  check({ endpoint: { families } }) {
    const calls = samplesOf(families, 'llmRequests')
    if (calls.length === 0) return []
    const custom = calls.filter(({ labels }) => labels.get('gen_ai_system') === 'custom')
    if (custom.length === 0) return [well('The providers of all LLM calls are known.')]
    const models = listing(sumsBy('gen_ai_request_model', custom).map(([model]) => model))
    return [
      hint(
        `${total(custom)} of ${counted(total(calls), 'LLM call')} went to hosts that are not known, and have gen_ai_system="custom" (models: ${models}).`,
        'Name the hosts: AGENTGATEWAY_LLM_HOSTS=llm.internal=openai,10.0.0.5:8000=vllm',
      ),
    ]
  },
}
