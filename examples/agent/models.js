import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'

const SYSTEM = 'You are a travel agent. You answer in one short paragraph, from the notes that you are given.'

/**
 * @typedef {object} Question
 * @property {string} prompt
 * @property {string | undefined} model by default that of OPENAI_MODEL or ANTHROPIC_MODEL
 * @property {AbortSignal} signal aborts the call
 *
 * @typedef {object} Provider
 * @property {(question: Question) => Promise<string>} answer
 * @property {(question: Question) => AsyncIterable<string>} stream yields the answer's text in pieces
 */

/** Both SDKs read their keys and base URLs from the environment: OPENAI_API_KEY and so on. */
/** @type {Readonly<Record<string, Provider>>} */
export const PROVIDERS = { openai: openai(), anthropic: anthropic() }

/** @returns {Provider} */
function openai() {
  // The SDK requires a key, even for a server that does not (OPENAI_BASE_URL).
  const client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY ?? 'none' })
  /** @param {Question} question */
  const request = ({ prompt, model = process.env.OPENAI_MODEL ?? 'gpt-5-mini' }) => ({
    model,
    messages: [
      { role: /** @type {const} */ ('system'), content: SYSTEM },
      { role: /** @type {const} */ ('user'), content: prompt },
    ],
  })
  return {
    async answer(question) {
      const completion = await client.chat.completions.create(request(question), { signal: question.signal })
      return completion.choices[0]?.message.content ?? ''
    },
    async *stream(question) {
      const chunks = await client.chat.completions.create(
        { ...request(question), stream: true, stream_options: { include_usage: true } },
        { signal: question.signal },
      )
      for await (const chunk of chunks) yield chunk.choices[0]?.delta.content ?? ''
    },
  }
}

/** @returns {Provider} */
function anthropic() {
  const client = new Anthropic({ apiKey: process.env.ANTHROPIC_API_KEY ?? 'none' })
  /** @param {Question} question */
  const request = ({ prompt, model = process.env.ANTHROPIC_MODEL ?? 'claude-haiku-4-5' }) => ({
    model,
    max_tokens: 500,
    system: [
      {
        type: /** @type {const} */ ('text'),
        text: SYSTEM,
        cache_control: { type: /** @type {const} */ ('ephemeral') },
      },
    ],
    messages: [{ role: /** @type {const} */ ('user'), content: prompt }],
  })
  return {
    async answer(question) {
      const message = await client.messages.create(request(question), { signal: question.signal })
      return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
    },
    async *stream(question) {
      const events = await client.messages.create({ ...request(question), stream: true }, { signal: question.signal })
      for await (const event of events) {
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') yield event.delta.text
      }
    },
  }
}
