// The same as an ES module. The imports are dynamic, because static imports would run before the agent is set up.
if (process.env.AGENT) await import(process.env.AGENT)
const { McpServer } = await import('@modelcontextprotocol/sdk/server/mcp.js')
const { StreamableHTTPServerTransport } = await import('@modelcontextprotocol/sdk/server/streamableHttp.js')
const { default: express } = await import('express')
const { default: http } = await import('node:http')
const { OpenAI } = await import('openai')
const { serve } = await import('./shop.cjs')
serve({ express, http, OpenAI, McpServer, StreamableHTTPServerTransport })
