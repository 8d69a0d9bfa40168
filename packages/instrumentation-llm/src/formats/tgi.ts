import { member } from '../json-object.ts'
import { readCountHeaders } from './count-headers.ts'
import type { Format } from './format.ts'

const PROMPT_HEADER = 'x-prompt-tokens'
const COUNT_HEADERS = { [PROMPT_HEADER]: PROMPT_HEADER, generated_tokens: 'x-generated-tokens' }

/**
 * Text Generation Inference's own API, and that of its fork LoRAX:
 * {@link https://huggingface.github.io/text-generation-inference/}. A whole response has the output's count if the request
 * asked for `details`; the end of a stream always has it. The prompt's count is only in the headers. No response names the
 * model, since a server has only one.
 */
export const tgi: Format = {
  name: 'Text Generation Inference',
  operation: 'text_completion',
  paths: ['…/generate', '…/generate_stream'],
  isPathShared: true,
  requestMembers: [['inputs']],
  rejectsOtherRequests: true,
  responseMembers: ['details', 'error', 'error_type'],
  relevantMessage: /"details"\s*:\s*\{|"error_type"/,
  inputCounts: [PROMPT_HEADER],
  outputCounts: ['generated_tokens'],

  hasContent: (message) => /"text"\s*:\s*"[^"]/.test(message),

  readHead(head, response) {
    response.setUsage(readCountHeaders(head, COUNT_HEADERS))
  },

  read({ details, error, error_type }, response) {
    response.setUsage({ generated_tokens: member(details, 'generated_tokens') })
    if (error) response.setError({ type: error_type })
    if (details) response.isFinished = true
  },
}
