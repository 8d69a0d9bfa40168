// An MCP server built with the official SDK: Streamable HTTP with sessions, and responses in JSON.
const http = require('node:http')
const { McpServer } = require('@modelcontextprotocol/sdk/server/mcp.js')
const { StreamableHTTPServerTransport } = require('@modelcontextprotocol/sdk/server/streamableHttp.js')
const measured = require('./measured.cjs')

const sessions = new Map()
let opened = 0

async function openSession() {
  const mcp = new McpServer({ name: 'bench', version: '1.0.0' })
  mcp.registerTool('weather', { description: 'Returns the weather.' }, () => ({
    content: [{ type: 'text', text: 'Sunny, 21 °C, a light breeze from the west.' }],
  }))
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => `session-${++opened}`,
    enableJsonResponse: true,
    onsessioninitialized: (id) => void sessions.set(id, transport),
  })
  await mcp.connect(transport)
  return transport
}

measured(
  http.createServer(async (request, response) => {
    const transport = sessions.get(request.headers['mcp-session-id']) ?? (await openSession())
    await transport.handleRequest(request, response)
  }),
)
