// An MCP client that begins a session at the server MCP_URL, ends it, and begins again, until it is ended itself.
const URL = String(process.env.MCP_URL)
const HEADERS = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }
const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'visitor', version: '1.0.0' } },
}

console.log('ready')
for (;;) {
  const response = await fetch(URL, { method: 'POST', headers: HEADERS, body: JSON.stringify(INITIALIZE) })
  await response.text()
  const session = String(response.headers.get('mcp-session-id'))
  await (await fetch(URL, { method: 'DELETE', headers: { ...HEADERS, 'mcp-session-id': session } })).text()
  await new Promise((resolve) => setTimeout(resolve, 200))
}
