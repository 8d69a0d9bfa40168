import type { Format } from './format.ts'

/** Mistral's OCR: {@link https://docs.mistral.ai/api/endpoint/ocr}. It is billed by the page, and tells no tokens. */
export const mistralOcr: Format = {
  name: 'Mistral OCR',
  operation: 'generate_content',
  paths: ['…/v1/ocr'],
  marks: [],
  asks: [['document']],
  isStrict: true,
  members: ['model'],
  notable: /$^/,
  inputTokens: [],
  outputTokens: [],

  read({ model }, answer) {
    answer.setModel(model)
  },
}
