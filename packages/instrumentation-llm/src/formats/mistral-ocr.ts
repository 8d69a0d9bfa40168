import type { Format } from './format.ts'

/** Mistral's OCR: {@link https://docs.mistral.ai/api/endpoint/ocr}. It is billed by the page and reports no tokens. */
export const mistralOcr: Format = {
  name: 'Mistral OCR',
  operation: 'generate_content',
  paths: ['…/v1/ocr'],
  isPathShared: true,
  requestMembers: [['document']],
  rejectsOtherRequests: true,
  responseMembers: ['model'],
  relevantMessage: /$^/,
  inputCounts: [],
  outputCounts: [],

  read({ model }, response) {
    response.setModel(model)
  },
}
