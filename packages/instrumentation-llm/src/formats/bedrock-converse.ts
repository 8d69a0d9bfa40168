import { type Format, isMessage } from './format.ts'

/**
 * Amazon Bedrock's Converse and ConverseStream:
 * {@link https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html}. `inputTokens` leaves out what
 * was read from the cache or written to it. Answers name no model. The stream's last event tells usage and metrics.
 */
export const bedrockConverse: Format = {
  name: 'Amazon Bedrock Converse, ConverseStream',
  operation: 'chat',
  paths: ['…/model/{model}/converse', '…/model/{model}/converse-stream'],
  members: ['usage'],
  notable: /"usage"/,
  inputTokens: ['inputTokens', 'cacheReadInputTokens', 'cacheWriteInputTokens'],
  outputTokens: ['outputTokens'],

  read({ usage, metrics }, answer) {
    answer.setUsage(usage)
    if (isMessage(usage) && isMessage(metrics)) answer.isFinished = true
  },
}
