// Makes calls with @anthropic-ai/sdk. PROVIDER is its URL, REFUSING one where nobody listens, CALLS a list in JSON.
import Anthropic from '@anthropic-ai/sdk'

const client = new Anthropic({ apiKey: 'none', baseURL: process.env.PROVIDER, maxRetries: 0 })
const refused = new Anthropic({ apiKey: 'none', baseURL: process.env.REFUSING, maxRetries: 0 })
const messages = [{ role: 'user', content: 'Grüße an "model": 漢字 🎈' }]

console.log('ready')
for (const { model, maxRetries = 0, ...call } of JSON.parse(process.env.CALLS)) {
  const api = (call.refused ? refused : client).messages
  const options = { model, max_tokens: 100, messages }
  try {
    if (call.leaves) {
      for await (const event of await api.create({ ...options, stream: true }, { maxRetries })) {
        if (event.type === 'content_block_delta') break
      }
      report(model, {})
    } else {
      const message = call.stream
        ? await api.stream(options, { maxRetries }).finalMessage()
        : await api.create(options, { maxRetries })
      const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens } = message.usage
      const input = input_tokens + cache_read_input_tokens + cache_creation_input_tokens
      report(model, { input, output: output_tokens })
    }
  } catch (error) {
    report(model, { error: error.constructor.name })
  }
}
console.log('done')
process.stdin.resume()

function report(model, outcome) {
  console.log(`call ${JSON.stringify({ model, ...outcome })}`)
}
