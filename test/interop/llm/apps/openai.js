// Makes calls with the openai package. PROVIDER is its URL, REFUSING one where nobody listens, CALLS a list in JSON.
import OpenAI from 'openai'

const client = new OpenAI({ apiKey: 'none', baseURL: `${process.env.PROVIDER}/v1`, maxRetries: 0 })
const refused = new OpenAI({ apiKey: 'none', baseURL: `${process.env.REFUSING}/v1`, maxRetries: 0 })
const messages = [{ role: 'user', content: 'Grüße an "model": 漢字 🎈' }]

console.log('ready')
for (const { model, maxRetries = 0, usage = false, ...call } of JSON.parse(process.env.CALLS)) {
  const completions = (call.refused ? refused : client).chat.completions
  let said
  try {
    if (call.stream) {
      const options = { model, messages, stream: true, ...(usage && { stream_options: { include_usage: true } }) }
      for await (const chunk of await completions.create(options, { maxRetries })) {
        said = chunk.usage ?? said
        if (call.leaves && chunk.choices[0]?.delta.content) break
      }
    } else {
      said = (await completions.create({ model, messages }, { maxRetries }).withResponse()).data.usage
    }
    report(model, { input: said?.prompt_tokens, output: said?.completion_tokens })
  } catch (error) {
    report(model, { error: error.constructor.name })
  }
}
console.log('done')
process.stdin.resume()

function report(model, outcome) {
  console.log(`call ${JSON.stringify({ model, ...outcome })}`)
}
