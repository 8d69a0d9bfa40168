import { flush } from 'agentgateway-otel'

const { MODEL_URL = 'https://api.openai.com', OPENAI_API_KEY = '' } = process.env

/**
 * Has a model answer a question. Lambda freezes the process after the response, so the metrics are sent before it.
 *
 * @param {{ question: string }} event
 * @returns {Promise<{ answer: string }>}
 */
export async function handler({ question }) {
  try {
    const response = await fetch(`${MODEL_URL}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${OPENAI_API_KEY}` },
      body: JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: question }] }),
    })
    if (!response.ok) throw new Error(`the model responded with status ${response.status}`)
    const { choices } = /** @type {{ choices: [{ message: { content: string } }] }} */ (await response.json())
    return { answer: choices[0].message.content }
  } finally {
    await flush()
  }
}
