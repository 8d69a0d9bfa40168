// A FastMCP server: node fastmcp.js stdio|stateful|stateless
import { createServer } from 'node:net'
import { FastMCP } from 'fastmcp'

const [mode] = process.argv.slice(2)
const server = new FastMCP({ name: `fastmcp-${mode}`, version: '1.0.0' })
server.addTool({ name: 'echo', description: 'Says something.', execute: async () => 'something' })
server.addTool({
  name: 'broken',
  description: 'Throws.',
  execute: async () => {
    throw new Error('broken')
  },
})
server.addPrompt({ name: 'greeting', description: 'Greets.', load: async () => 'Hello' })

if (mode === 'stdio') {
  await server.start({ transportType: 'stdio' })
} else {
  // FastMCP does not report the port that the system chose, so a free one is found first.
  const probe = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => probe.once('listening', resolve))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  await server.start({
    transportType: 'httpStream',
    httpStream: { port, host: '127.0.0.1', stateless: mode === 'stateless' },
  })
  console.log(`ready ${port}`)
}
