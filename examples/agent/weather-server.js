import { randomUUID } from 'node:crypto'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js'
import express from 'express'
import { z } from 'zod'

/** @type {Readonly<Record<string, string>>} */
const WEATHER = { Cairo: '31 °C, clear', Lisbon: '22 °C, sunny', Oslo: '4 °C, snow', Tokyo: '17 °C, rain' }

/** An MCP server with a tool, a prompt and a resource. */
function createWeatherServer() {
  const server = new McpServer({ name: 'weather', version: '1.0.0' })
  server.registerTool(
    'get_weather',
    { description: 'Tells the weather of a city.', inputSchema: { city: z.string() } },
    ({ city }) => {
      const weather = WEATHER[city]
      // The SDK turns this into a result with `isError`.
      if (weather === undefined) throw new Error(`no weather station in ${city}`)
      return { content: [{ type: 'text', text: `${city}: ${weather}` }] }
    },
  )
  server.registerPrompt('packing_list', { argsSchema: { city: z.string() } }, ({ city }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: `What do I pack for ${city}?` } }],
  }))
  server.registerResource('cities', 'weather://cities', { mimeType: 'text/plain' }, (uri) => ({
    contents: [{ uri: uri.href, text: Object.keys(WEATHER).join('\n') }],
  }))
  return server
}

/** Serves Streamable HTTP with sessions: each has a transport of its own until its client deletes it. */
export function weatherRoutes() {
  /** @type {Map<string, StreamableHTTPServerTransport>} */
  const sessions = new Map()

  async function open() {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
    })
    await createWeatherServer().connect(transport)
    return transport
  }

  /** @param {express.Request} req @param {express.Response} res @returns {Promise<unknown>} */
  async function handle(req, res) {
    const id = req.get('mcp-session-id')
    const session = id === undefined ? undefined : sessions.get(id)
    if (session !== undefined) return session.handleRequest(req, res, req.body)
    if (id === undefined && isInitializeRequest(req.body)) {
      return (await open()).handleRequest(req, res, req.body)
    }
    const message = id === undefined ? 'a session begins with initialize' : 'no such session'
    res.status(id === undefined ? 400 : 404).json({ jsonrpc: '2.0', id: null, error: { code: -32000, message } })
  }

  return express.Router().post('/mcp', express.json(), handle).get('/mcp', handle).delete('/mcp', handle)
}
