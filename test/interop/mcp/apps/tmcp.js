import { McpServer } from 'tmcp'

export function createTmcp(name) {
  const capabilities = { tools: {}, prompts: {} }
  const server = new McpServer({ name, version: '1.0.0' }, { adapter: undefined, capabilities })
  server.tool({ name: 'echo', description: 'Says something.' }, () => ({ content: [{ type: 'text', text: 'x' }] }))
  server.tool({ name: 'broken', description: 'Fails.' }, () => ({ content: [], isError: true }))
  server.prompt({ name: 'greeting', description: 'Greets.' }, () => ({
    messages: [{ role: 'user', content: { type: 'text', text: 'Hello' } }],
  }))
  return server
}
