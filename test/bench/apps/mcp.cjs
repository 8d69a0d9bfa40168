// An MCP server of the official SDK over Streamable HTTP, with sessions and responses in JSON.
const http = require('node:http')
const { McpServer } = require('@modelcontextprotocol/sdk/server/mcp.js')
const { StreamableHTTPServerTransport } = require('@modelcontextprotocol/sdk/server/streamableHttp.js')
const measured = require('./measured.cjs')

const sessions = new Map()
let begun = 0

async function begin() {
  const mcp = new McpServer({ name: 'bench', version: '1.0.0' })
  mcp.registerTool('weather', { description: 'Tells the weather.' }, () => ({
    content: [{ type: 'text', text: 'Sunny, 21 °C, a light breeze from the west.' }],
  }))
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => `session-${++begun}`,
    enableJsonResponse: true,
    onsessioninitialized: (id) => void sessions.set(id, transport),
  })
  await mcp.connect(transport)
  return transport
}

measured(
  http.createServer(async (request, response) => {
    const transport = sessions.get(request.headers['mcp-session-id']) ?? (await begin())
    await transport.handleRequest(request, response)
  }),
)
