// Sends MCP requests by `fetch` with bodies of every kind, to servers that fail, redirect or start late, and writes what the
// app and the servers received: one line of JSON, the same in every run.
import { once } from 'node:events'
import { createServer } from 'node:http'
import * as undici from 'undici'

const text = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'grüße' } })
const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
const seen = []
const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  seen.push([request.url, body])
  if (request.url === '/moved') response.writeHead(307, { location: '/mcp' }).end()
  else if (request.url === '/cut') response.destroy()
  else if (request.url !== '/slow') response.end('{}')
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const up = `http://127.0.0.1:${server.address().port}`
const reserved = createServer().listen(0, '127.0.0.1')
await once(reserved, 'listening')
const { port } = reserved.address()
await new Promise((resolve) => reserved.close(resolve))
const down = `http://127.0.0.1:${port}`

const pulled = []
/** A stream that notes when it is read. */
function stream(name) {
  return new ReadableStream(
    {
      pull(controller) {
        pulled.push(name)
        controller.enqueue(new TextEncoder().encode(text))
        controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}
async function* generator(name) {
  pulled.push(name)
  yield text
}
const bodies = {
  string: () => text,
  bytes: () => new TextEncoder().encode(text),
  blob: () => new Blob([text]),
  form: () => new URLSearchParams({ text }),
  stream: () => stream('stream'),
  generator: () => generator('generator'),
  none: () => undefined,
}

const results = {}
async function attempt(name, act) {
  const result = await act().catch((error) => `${error.name} ${error.cause?.code ?? ''}`)
  results[name] = result
}
console.log('ready')
for (const [kind, create] of Object.entries(bodies)) {
  for (const [where, url] of [
    ['up', `${up}/mcp`],
    ['moved', `${up}/moved`],
    ['cut', `${up}/cut`],
    ['down', `${down}/mcp`],
  ]) {
    for (const [which, { fetch }] of Object.entries({ node: globalThis, undici })) {
      const init = () => ({ method: 'POST', headers, body: create(), duplex: 'half' })
      await attempt(`${which} ${kind} ${where}`, async () => (await fetch(url, init())).text())
    }
  }
  const request = new Request(`${down}/mcp`, { method: 'POST', headers, body: create(), duplex: 'half' })
  const copy = request.clone()
  await attempt(`request ${kind}`, () => fetch(request))
  results[`request ${kind} is used`] = [request.bodyUsed, copy.bodyUsed, await copy.text()]
}

// Requests that are aborted before there is a connection, while there is one, and before they are made.
for (const [name, url] of Object.entries({ down: `${down}/mcp`, slow: `${up}/slow` })) {
  for (const after of name === 'down' ? [-1, 0] : [-1, 0, 1]) {
    const controller = new AbortController()
    if (after < 0) controller.abort()
    const body = bodies.string()
    const sending = fetch(url, { method: 'POST', headers, body, signal: controller.signal }).then(
      () => 'sent',
      (error) => error.name,
    )
    if (after === 0) controller.abort()
    if (after > 0) await once(server, 'request').then(() => controller.abort())
    results[`aborted ${after} ${name}`] = await sending
  }
}

// A server that starts between two attempts, of which the second must have the whole body.
for (const kind of ['string', 'bytes', 'blob']) {
  const dispatcher = new undici.RetryAgent(new undici.Agent(), {
    minTimeout: 50,
    errorCodes: ['ECONNREFUSED'],
    methods: ['POST'],
  })
  const late = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    response.end(body)
  })
  const sending = undici.fetch(`${down}/late`, { method: 'POST', headers, body: bodies[kind](), dispatcher })
  sending.catch(() => {})
  await new Promise((resolve) => setTimeout(resolve, 20))
  late.listen(port, '127.0.0.1')
  await attempt(`late ${kind}`, async () => (await sending).text())
  late.closeAllConnections()
  await new Promise((resolve) => late.close(resolve))
  await dispatcher.close()
}
console.log(`results ${JSON.stringify({ results, seen, pulled })}`)
server.closeAllConnections()
process.exit()
