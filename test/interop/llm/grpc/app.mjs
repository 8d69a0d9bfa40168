// Makes calls over gRPC, with the clients of Gemini and Vertex AI.
import { GenerativeServiceClient } from '@google-ai/generativelanguage'
import { PredictionServiceClient } from '@google-cloud/aiplatform'
import { credentials } from '@grpc/grpc-js'

const [servicePath, port] = process.env.PROVIDER.split(':')
console.log('ready')
const options = {
  servicePath,
  apiEndpoint: servicePath,
  port: Number(port),
  sslCreds: credentials.createInsecure(),
}
/** The clients try a stream again whatever its error is, unless they are told that they may choose by its error. */
const choosing = { ...options, gaxServerStreamingRetries: true }
const gemini = new GenerativeServiceClient(options)
const vertex = new PredictionServiceClient(options)
const clients = [
  ['gemini', gemini, new GenerativeServiceClient(choosing), 'models/'],
  ['vertex', vertex, new PredictionServiceClient(choosing), 'projects/p/locations/l/publishers/google/models/'],
]
const see = (name, seen) => console.log(JSON.stringify({ name, seen }))
const noRetry = { retry: { retryCodes: [] } }

const contents = [{ role: 'user', parts: [{ text: 'Grüße 漢字 🎈'.repeat(1000) }] }]

for (const [name, client, choosingClient, prefix] of clients) {
  for (const model of ['respond', 'refuse']) {
    const [response] = await client
      .generateContent({ model: prefix + model, contents }, noRetry)
      .catch((error) => [error])
    see(`${name}: ${model}`, [response.code, response.usageMetadata?.totalTokenCount])
  }
  // The client gives up at its deadline.
  const [late] = await client
    .generateContent({ model: `${prefix}stall`, contents }, { ...noRetry, timeout: 400 })
    .catch((error) => [error])
  see(`${name}: stall`, late.code)
  for (const model of ['respond', 'refuse-stream', 'fail', 'stall']) {
    const stream = (model === 'stall' ? client : choosingClient).streamGenerateContent(
      { model: prefix + model, contents },
      noRetry,
    )
    const seen = []
    const [error] = await new Promise((resolve) => {
      stream.on('data', (message) => {
        seen.push(message.candidates[0].content.parts[0].text.length)
        if (model !== 'stall') return
        stream.cancel()
        resolve([])
      })
      stream.on('end', () => resolve([]))
      stream.on('error', (thrown) => resolve([thrown]))
    })
    see(`${name}: stream of ${model}`, [seen, error?.code])
  }
}
const [embedding] = await gemini.embedContent({ model: 'models/embed', content: contents[0] }, noRetry)
see('embedding', embedding.embedding.values)
const [tokens] = await gemini.countTokens({ model: 'models/count', contents }, noRetry)
see('count', tokens.totalTokens)
const [vertexEmbedding] = await vertex.embedContent(
  { model: 'projects/p/locations/l/publishers/google/models/embed', content: contents[0] },
  noRetry,
)
see('embedding of Vertex AI', vertexEmbedding.embedding.values)

console.log('done')
setInterval(() => {}, 1 << 30)
