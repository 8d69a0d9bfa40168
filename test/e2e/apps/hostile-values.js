// Puts each string of VALUES into labels in every way in which an app or its peers can: as a route, an MCP tool, a model, and
// for OpenTelemetry's HttpInstrumentation as a host and as the name of an error. So many child processes as CHILDREN says do
// the same.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer, get, request as startRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { setRoute } from 'agentgateway-otel'

const values = JSON.parse(process.env.VALUES)
const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

const server = createServer(async (request, response) => {
  const body = await text(request)
  if (request.url === '/mcp') {
    const { id } = JSON.parse(body)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } }))
  } else {
    setRoute(request, values[Number(request.url.slice(1))])
    response.end()
  }
})
await once(server.listen(0, '127.0.0.1'), 'listening')
const { port } = server.address()
const origin = `http://127.0.0.1:${port}`
const post = async (url, body) =>
  await (await fetch(url, { method: 'POST', headers: json, body: JSON.stringify(body) })).text()

for (const [i, value] of values.entries()) {
  await post(`${origin}/${i}`, {})
  await post(`${origin}/mcp`, { jsonrpc: '2.0', id: i, method: 'tools/call', params: { name: value, arguments: {} } })
  await post(`${process.env.PROVIDER}/v1/chat/completions`, { model: value, messages: [] })
  const failed = startRequest({ host: '127.0.0.1', port })
  failed.destroy(Object.assign(new Error('not sent'), { name: value }))
  await once(failed, 'close').catch(() => {})
  try {
    const lookup = (_, __, callback) => callback(new Error('not looked up'))
    await once(get({ hostname: value, lookup }), 'close')
  } catch {
    // The value is not a valid host name.
  }
}

for (let i = 0; i < Number(process.env.CHILDREN ?? 0); i++) {
  const child = fork(import.meta.filename, {
    env: { ...process.env, CHILDREN: '0' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await once(child, 'message')
  child.disconnect()
  await once(child, 'exit')
}
if (process.send === undefined) {
  console.log('ready')
} else {
  process.send('done')
  server.close()
  server.closeAllConnections()
}
