import { member } from '../json-object.ts'
import { parseVendorMessage } from './bedrock-invoke.ts'
import type { Format } from './format.ts'

/**
 * Amazon Bedrock's InvokeModelWithBidirectionalStream, which Nova Sonic uses:
 * {@link https://docs.aws.amazon.com/nova/latest/userguide/output-events.html}. One exchange is a conversation of minutes.
 * Each usage event reports the totals of the session so far, of text and speech together.
 */
export const bedrockBidirectional: Format = {
  name: 'Amazon Bedrock InvokeModelWithBidirectionalStream',
  operation: 'generate_content',
  paths: ['…/model/{model}/invoke-with-bidirectional-stream'],
  responseMembers: [],
  relevantMessage: /"bytes"/,
  inputCounts: ['totalInputTokens'],
  outputCounts: ['totalOutputTokens'],

  read({ bytes }, response) {
    const { event } = parseVendorMessage(bytes, /"(?:usageEvent|completionStart|completionEnd)"/)
    response.setUsage(member(event, 'usageEvent'))
    // An app that leaves between two turns of the model has missed nothing, so the stream is finished there.
    if (member(event, 'completionStart') !== undefined) response.isFinished = false
    if (member(event, 'completionEnd') !== undefined) response.isFinished = true
  },
}
