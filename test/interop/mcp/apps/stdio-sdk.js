// A stdio server of the official SDK.
import { sdk, version } from './sdks.js'
import { addTools } from './tools.js'

const info = { name: `stdio-${version}`, version: '1.0.0' }
if (version === '2') {
  const [{ McpServer }, { serveStdio }] = [await sdk('server'), await sdk('server/stdio')]
  serveStdio(() => addTools(new McpServer(info)))
} else {
  const [{ McpServer }, { StdioServerTransport }] = [await sdk('server/mcp.js'), await sdk('server/stdio.js')]
  await addTools(new McpServer(info)).connect(new StdioServerTransport())
}
