import { isJsonObject } from '../json-object.ts'
import type { Format } from './format.ts'
import { readOpenaiDetails } from './token-details.ts'

/**
 * Runs of OpenAI's Assistants, also on Azure: {@link https://platform.openai.com/docs/api-reference/runs}. A stream reports
 * the tokens in the run that ends it. A run without a stream is polled. A run that waits for the app's tools has no tokens
 * yet, so its usage is `missing`; the tokens of the run that continues it include its own.
 *
 * LangGraph has runs of threads at such paths too. They have an assistant but are not calls, so the header decides.
 */
export const openaiAssistants: Format = {
  name: 'OpenAI Assistants, runs',
  operation: 'chat',
  paths: ['…/threads/{id}/runs', '…/threads/runs', '…/threads/{id}/runs/{id}/submit_tool_outputs'],
  isPathShared: true,
  clientHeaders: ['openai-beta'],
  requestMembers: [['assistant_id', 'tool_outputs']],
  backgroundPath: '…/runs/{id}',
  responseMembers: ['object', 'id', 'status', 'model', 'usage', 'last_error', 'error'],
  relevantMessage: /"object"\s*:\s*"thread\.run"|"error"/,
  lastEvent: '[DONE]',
  inputCounts: ['prompt_tokens'],
  outputCounts: ['completion_tokens'],

  hasContent: (message) => /"object"\s*:\s*"thread\.(?:message|run\.step)\.delta"/.test(message),

  readDetails: readOpenaiDetails('prompt_token_details', 'completion_token_details'),

  read({ object, id, status, thread_id, model, usage, last_error, error }, response) {
    const runError = last_error ?? error
    if (runError) response.setError(runError)
    if (object !== 'thread.run') return
    response.setModel(model)
    response.setUsage(usage)
    // Of a whole response only the `responseMembers` are here. A message of a stream also has its thread's id, and its run
    // is not polled.
    if (thread_id === undefined) response.setProgress(id, status === 'cancelling' ? 'in_progress' : status, true)
    if (isJsonObject(usage)) response.isFinished = true
  },
}
