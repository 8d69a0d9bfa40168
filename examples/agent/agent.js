import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import express from 'express'
import { PROVIDERS } from './models.js'

/**
 * POST /openai or /anthropic with `{city, question, model?, stream?}`: looks the weather up with the MCP
 * server's tool and lets the provider's model answer with it. With `stream`, the answer's text comes as it is made.
 *
 * @param {() => string} mcpUrl where the MCP server is, asked at the first question
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
      // The next question connects anew.
      connection = undefined
      throw error
    }
  }

  return express.Router().post('/:provider', express.json(), async (req, res) => {
    const provider = PROVIDERS[String(req.params.provider)]
    if (provider === undefined) return void res.status(404).json({ error: 'openai or anthropic' })
    const { city, question, model, stream } = req.body
    // Who has left does not want the rest of the answer.
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
