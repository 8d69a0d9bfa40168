// `node acp.js agent` is an ACP agent over stdio. `node acp.js COMMAND ARGUMENT…` serves an agent over HTTP, uses it, and
// uses the agent over stdio that the command starts.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { Readable, Writable } from 'node:stream'
import { agent, client, methods, ndJsonStream, PROTOCOL_VERSION } from '@agentclientprotocol/sdk'
import { createHttpStream } from '@agentclientprotocol/sdk/experimental/http-client'
import { createNodeHttpHandler } from '@agentclientprotocol/sdk/experimental/node'
import { AcpServer } from '@agentclientprotocol/sdk/experimental/server'

const createAgent = () =>
  agent({ name: 'agent' })
    .onRequest(methods.agent.initialize, () => ({
      protocolVersion: PROTOCOL_VERSION,
      agentCapabilities: { loadSession: false },
    }))
    .onRequest(methods.agent.session.new, () => ({ sessionId: 'the-session' }))
    .onRequest(methods.agent.session.prompt, () => ({ stopReason: 'end_turn' }))

const [command, ...args] = process.argv.slice(2)
if (command === 'agent') {
  createAgent().connect(ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin)))
} else {
  const acp = new AcpServer({ createAgent })
  const server = createServer(createNodeHttpHandler(acp))
  server.listen(0, '127.0.0.1', async () => {
    console.log('ready')
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    await use(ndJsonStream(Writable.toWeb(child.stdin), Readable.toWeb(child.stdout)))
    await use(createHttpStream(`http://127.0.0.1:${server.address().port}/acp`))
    console.log('used')
  })
}

async function use(stream) {
  const app = client({ name: 'client' }).onNotification(methods.client.session.update, () => {})
  await app.connectWith(stream, async (agent) => {
    await agent.request(methods.agent.initialize, { protocolVersion: PROTOCOL_VERSION, clientCapabilities: {} })
    const { sessionId } = await agent.request(methods.agent.session.new, { cwd: '/', mcpServers: [] })
    await agent.request(methods.agent.session.prompt, { sessionId, prompt: [{ type: 'text', text: 'hello' }] })
  })
}
