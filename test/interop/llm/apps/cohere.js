// Makes calls with cohere-ai.
import { CohereClientV2 } from 'cohere-ai'
import { drive } from '../drive/drive.js'

const clientOf = ({ url }) => new CohereClientV2({ token: 'none', environment: url })
const messages = [{ role: 'user', content: 'Grüße an "model": 漢字 🎈' }]
const options = ({ retries, signal }) => ({ maxRetries: retries, abortSignal: signal })

drive({
  chat: {
    whole: (call) => clientOf(call).chat({ model: call.model, messages }, options(call)),
    stream: (call) => clientOf(call).chatStream({ model: call.model, messages }, options(call)),
  },
  embeddings: {
    whole: (call) =>
      clientOf(call).embed(
        { model: call.model, texts: ['Grüße', 'an'], inputType: 'search_document', embeddingTypes: ['float'] },
        options(call),
      ),
  },
  rerank: {
    whole: (call) =>
      clientOf(call).rerank({ model: call.model, query: 'Grüße', documents: ['Grüße', 'an'] }, options(call)),
  },
})
