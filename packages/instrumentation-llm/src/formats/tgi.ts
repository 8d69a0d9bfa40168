import { type Format, member } from './format.ts'

const HEADERS = { prompt: 'x-prompt-tokens', generated_tokens: 'x-generated-tokens' } as const

/**
 * Text Generation Inference's own API, and that of LoRAX, which is made from it:
 * {@link https://huggingface.github.io/text-generation-inference/}. Counts are in the answer where `details` are asked for,
 * at a stream's end always; those of the prompt are in headers alone. No answer names the model: a server has one.
 */
export const tgi: Format = {
  name: 'Text Generation Inference',
  operation: 'text_completion',
  paths: ['…/generate', '…/generate_stream'],
  marks: [],
  asks: [['inputs']],
  isStrict: true,
  members: ['details', 'error', 'error_type'],
  notable: /"details"\s*:\s*\{|"error_type"/,
  inputTokens: ['prompt'],
  outputTokens: ['generated_tokens'],

  readHead(head, answer) {
    const counts = Object.entries(HEADERS).map(([name, field]) => [name, toNumber(head.header(field))])
    answer.setUsage(Object.fromEntries(counts))
  },

  read({ details, error, error_type }, answer) {
    answer.setUsage({ generated_tokens: member(details, 'generated_tokens') })
    if (error) answer.setError({ type: error_type })
    if (details) answer.isFinished = true
  },
}

const toNumber = (text: string | undefined) => (text === undefined ? undefined : Number(text))
