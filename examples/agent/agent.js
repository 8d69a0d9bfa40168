import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import express from 'express'
import { PROVIDERS } from './models.js'

/**
 * Serves POST /openai and /anthropic with `{city, question, model?, stream?}`: calls the MCP server's tool for the weather, and
 * asks the provider's model to answer with it. With `stream`, the text is sent as it is generated.
 *
 * @param {() => string} mcpUrl returns the URL of the MCP server; called at the first question
 */
export function agentRoutes(mcpUrl) {
  /** @type {Promise<Client> | undefined} */
  let connection

  async function connect() {
    const client = new Client({ name: 'travel-agent', version: '1.0.0' })
    await client.connect(new StreamableHTTPClientTransport(new URL(mcpUrl())))
    return client
  }

  /** @param {string} city */
  async function weatherOf(city) {
    connection ??= connect()
    try {
      const result = await (await connection).callTool({ name: 'get_weather', arguments: { city } })
      const [note] = /** @type {{ text: string }[]} */ (result.content)
      return note?.text ?? ''
    } catch (error) {
      // The next question makes a new connection.
      connection = undefined
      throw error
    }
  }

  return express.Router().post('/:provider', express.json(), async (req, res) => {
    const provider = PROVIDERS[String(req.params.provider)]
    if (provider === undefined) return void res.status(404).json({ error: 'openai or anthropic' })
    const { city, question, model, stream } = req.body
    // A client that has left does not need the rest of the answer.
    const left = new AbortController()
    res.on('close', () => left.abort())
    try {
      const prompt = `${question}\nNotes: ${await weatherOf(city)}`
      const asked = { prompt, model, signal: left.signal }
      if (!stream) return void res.json({ answer: await provider.answer(asked) })
      res.type('text/plain')
      for await (const text of provider.stream(asked)) res.write(text)
      res.end()
    } catch (error) {
      if (left.signal.aborted) return
      if (res.headersSent) return void res.destroy()
      res.status(502).json({ error: error instanceof Error ? error.message : String(error) })
    }
  })
}
