import { type Format, isMessage } from './format.ts'

/**
 * Runs of OpenAI's Assistants, also on Azure: {@link https://platform.openai.com/docs/api-reference/runs}. A stream tells the
 * tokens in the run that ends it. A run that is not streamed is polled; one that waits for the app's tools has no tokens yet,
 * and is `missing` them: those of the run that goes on include its own. LangGraph has runs of threads at such paths too, which have an assistant and are no calls, so the header decides.
 */
export const openaiAssistants: Format = {
  name: 'OpenAI Assistants, runs',
  operation: 'chat',
  paths: ['…/threads/{id}/runs', '…/threads/runs', '…/threads/{id}/runs/{id}/submit_tool_outputs'],
  marks: ['openai-beta'],
  asks: [['assistant_id', 'tool_outputs']],
  background: '…/runs/{id}',
  members: ['object', 'id', 'status', 'model', 'usage', 'last_error', 'error'],
  notable: /"object"\s*:\s*"thread\.run"|"error"/,
  lastEvent: '[DONE]',
  inputTokens: ['prompt_tokens'],
  outputTokens: ['completion_tokens'],

  read({ object, id, status, thread_id, model, usage, last_error, error }, answer) {
    const failure = last_error ?? error
    if (failure) answer.setError(failure)
    if (object !== 'thread.run') return
    answer.setModel(model)
    answer.setUsage(usage)
    // A whole response comes as its `members` alone: what has a thread's id is a message of a stream, which is not polled.
    if (thread_id === undefined) answer.setProgress(id, status === 'cancelling' ? 'in_progress' : status, true)
    if (isMessage(usage)) answer.isFinished = true
  },
}
