import { type Format, isMessage } from './format.ts'

/**
 * Runs of OpenAI's Assistants, also on Azure: {@link https://platform.openai.com/docs/api-reference/runs}. A stream tells the
 * tokens in the run that ends it. A run that is created and asked for later is `missing` its usage: it has none yet.
 * LangGraph has runs of threads at such paths too, which have an assistant and are no calls, so the header decides.
 */
export const openaiAssistants: Format = {
  name: 'OpenAI Assistants, runs',
  operation: 'chat',
  paths: ['…/threads/{id}/runs', '…/threads/runs', '…/threads/{id}/runs/{id}/submit_tool_outputs'],
  marks: ['openai-beta'],
  asks: [['assistant_id', 'tool_outputs']],
  members: ['object', 'model', 'usage', 'last_error', 'error'],
  notable: /"object"\s*:\s*"thread\.run"|"error"/,
  lastEvent: '[DONE]',
  inputTokens: ['prompt_tokens'],
  outputTokens: ['completion_tokens'],

  read({ object, model, usage, last_error, error }, answer) {
    const failure = last_error ?? error
    if (failure) answer.setError(failure)
    if (object !== 'thread.run') return
    answer.setModel(model)
    answer.setUsage(usage)
    if (isMessage(usage)) answer.isFinished = true
  },
}
