import { parseBytes } from './bedrock-invoke.ts'
import { type Format, member } from './format.ts'

/**
 * Amazon Bedrock's InvokeModelWithBidirectionalStream, which Nova Sonic speaks:
 * {@link https://docs.aws.amazon.com/nova/latest/userguide/output-events.html}. One exchange is a conversation of minutes.
 * Each usage event tells the totals of the session so far, of text and speech together.
 */
export const bedrockBidirectional: Format = {
  name: 'Amazon Bedrock InvokeModelWithBidirectionalStream',
  operation: 'generate_content',
  paths: ['…/model/{model}/invoke-with-bidirectional-stream'],
  members: [],
  notable: /"bytes"/,
  inputTokens: ['totalInputTokens'],
  outputTokens: ['totalOutputTokens'],

  read({ bytes }, answer) {
    const { event } = parseBytes(bytes, /"(?:usageEvent|completionStart|completionEnd)"/)
    answer.setUsage(member(event, 'usageEvent'))
    // An app that leaves between two of the model's turns has missed nothing.
    if (member(event, 'completionStart') !== undefined) answer.isFinished = false
    if (member(event, 'completionEnd') !== undefined) answer.isFinished = true
  },
}
