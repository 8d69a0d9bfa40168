// Makes calls with @openai/agents: through the Responses API, and through Chat Completions.
import { Agent, OpenAIChatCompletionsModel, OpenAIResponsesModel, Runner, setTracingDisabled } from '@openai/agents'
import OpenAI from 'openai'
import { drive } from '../drive/drive.js'

setTracingDisabled(true)
const prompt = 'Grüße an "model": 漢字 🎈'

const agent = (Model) => {
  const run = ({ url, model, retries, signal }, options) => {
    const client = new OpenAI({ apiKey: 'none', baseURL: `${url}/v1`, maxRetries: retries })
    const greeter = new Agent({ name: 'greeter', instructions: 'Greet.', model: new Model(client, model) })
    return new Runner({ tracingDisabled: true }).run(greeter, prompt, { signal, ...options })
  }
  return {
    async whole(call) {
      const { finalOutput, rawResponses } = await run(call, {})
      return { finalOutput, rawResponses }
    },
    stream: async (call) => (await run(call, { stream: true })).toTextStream(),
  }
}

drive({ responses: agent(OpenAIResponsesModel), chat: agent(OpenAIChatCompletionsModel) })
