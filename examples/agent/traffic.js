/** Sends the app the traffic that users would: HTTP, MCP and LLM requests, with errors and with clients that leave early. */
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

/**
 * @typedef {object} Driven what the traffic is sent to
 * @property {import('./ledger-proxy.js').LedgerProxy} proxy where the app is reached
 * @property {import('./provider.js').LocalProvider | undefined} provider undefined when a real one is used
 *
 * @typedef {{ name: string, run: (driven: Driven) => Promise<string> }} Step `run` resolves with a description of what it did
 */

const PROVIDERS = ['openai', 'anthropic']

/** @type {readonly Step[]} */
export const STEPS = [
  { name: 'HTTP requests', run: http },
  { name: 'HTTP errors', run: httpErrors },
  { name: 'A client that leaves', run: leavingClient },
  { name: 'MCP sessions', run: mcp },
  { name: 'Questions to models', run: models },
  { name: 'Errors of models', run: modelErrors },
  { name: 'A stream that is abandoned', run: abandonedStream },
]

/**
 * What goes wrong now and then in `trickle`, in the order in which it does. Some of it needs the local provider, and is left out
 * with a real one.
 *
 * @type {readonly Step[]}
 */
export const FAILURES = [
  { name: 'A rate limit of OpenAI', run: (driven) => rateLimited(driven, 'openai') },
  { name: 'A tool that fails', run: failingTool },
  { name: 'A client that leaves', run: leavingClient },
  { name: 'An error of the app', run: async (driven) => String(await send(driven, 'GET', '/error')) },
  { name: 'A stream without usage', run: withoutUsage },
  { name: 'A question that is abandoned', run: (driven) => abandoned(driven, 'anthropic') },
  { name: 'An unknown model', run: (driven) => unknownModel(driven, 'openai') },
  { name: 'A rate limit of Anthropic', run: (driven) => rateLimited(driven, 'anthropic') },
]

/** How many rounds of `trickle` there are to a failure. */
export const ROUNDS_PER_FAILURE = 5

/** How many rounds of `trickle` each demo has had. @type {WeakMap<Driven, number>} */
const rounds = new WeakMap()

/**
 * Sends a little of every kind of traffic, for a demo that keeps running. Every fifth round for the same demo also has the next of
 * the failures. It closes everything that it opens.
 *
 * @param {Driven} driven
 */
export async function trickle(driven) {
  const round = (rounds.get(driven) ?? 0) + 1
  rounds.set(driven, round)
  await Promise.all([
    send(driven, 'GET', '/health'),
    send(driven, 'GET', '/users/1'),
    send(driven, 'GET', '/reports/2026'),
  ])
  await send(driven, 'GET', '/users/2')
  const { client, end } = await openSession(driven)
  await client.callTool({ name: 'get_weather', arguments: { city: 'Tokyo' } })
  await end()
  await ask(driven, PROVIDERS[round % 2] ?? 'openai', { stream: true })
  if (round % ROUNDS_PER_FAILURE === 0) {
    const failure = FAILURES[(round / ROUNDS_PER_FAILURE - 1) % FAILURES.length]
    await failure?.run(driven)
  }
}

/** The pause between two trickles, in milliseconds. */
export const TRICKLE_MS = 2000

/** Sends a little traffic again and again, until something fails. @param {Driven} driven @returns {Promise<never>} */
export async function keepTrickling(driven) {
  for (;;) {
    await wait(TRICKLE_MS)
    await trickle(driven)
  }
}

/** @param {Driven} driven */
async function http(driven) {
  const paths = ['/health', '/users/1', '/users/2', '/users/3', '/reports/2025', '/reports/2026']
  // First at the same time, over several connections; then one after the other, over one of them.
  await Promise.all(paths.map((path) => send(driven, 'GET', path)))
  for (const path of paths) await send(driven, 'GET', path)
  await send(driven, 'HEAD', '/health')
  await send(driven, 'PUT', '/users/4', { name: 'Barbara' })
  await send(driven, 'PUT', '/users/4', { name: 'Barbara Liskov' })
  return `${2 * paths.length + 3} requests`
}

/** @param {Driven} driven */
async function httpErrors(driven) {
  const statuses = [
    await send(driven, 'GET', '/users/none'),
    await send(driven, 'GET', '/no/such/page'),
    await send(driven, 'GET', '/error'),
  ]
  return statuses.join(', ')
}

/** @param {Driven} driven */
async function leavingClient(driven) {
  const leaving = new AbortController()
  const response = await fetch(`${driven.proxy.url}/events`, { signal: leaving.signal })
  await response.body?.getReader().read()
  leaving.abort()
  await driven.proxy.quiet()
  return 'left an event stream after the first event'
}

/** @param {Driven} driven */
async function mcp(driven) {
  const first = await openSession(driven)
  await first.client.listTools()
  for (const city of ['Oslo', 'Cairo', 'Atlantis']) {
    await first.client.callTool({ name: 'get_weather', arguments: { city } })
  }
  await first.client.getPrompt({ name: 'packing_list', arguments: { city: 'Oslo' } })
  await first.client.readResource({ uri: 'weather://cities' })
  await first.client.ping()
  await first.client.getPrompt({ name: 'no_such_prompt' }).catch(() => {})
  await first.end()

  const second = await openSession(driven)
  await second.client.callTool({ name: 'get_weather', arguments: { city: 'Lisbon' } })

  // This client leaves without deleting its session, which stays open on the server.
  const third = await openSession(driven)
  await third.vanish()
  return '3 sessions: one deleted, one left open, one whose client is gone'
}

/** @param {Driven} driven */
async function models(driven) {
  for (const provider of PROVIDERS) {
    for (const stream of [false, true, true]) await ask(driven, provider, { stream })
  }
  return '3 each to OpenAI and Anthropic, plain and streamed'
}

/** @param {Driven} driven */
async function modelErrors(driven) {
  for (const provider of PROVIDERS) await unknownModel(driven, provider)
  if (driven.provider === undefined) return 'unknown models'
  for (const provider of PROVIDERS) {
    driven.provider.script({ fail: 429 })
    await ask(driven, provider, { stream: true })
  }
  driven.provider.script({ fail: 529, retry: true })
  await ask(driven, 'anthropic', {})
  return 'unknown models, used-up quotas, an overload that a retry overcomes'
}

/** @param {Driven} driven */
async function abandonedStream(driven) {
  for (const provider of PROVIDERS) await abandoned(driven, provider)
  return 'left each provider after a few words'
}

/** @param {Driven} driven @param {string} provider */
async function abandoned(driven, provider) {
  const heldAfter = 5
  driven.provider?.script({ holdAfter: heldAfter })
  const leaving = new AbortController()
  const response = await post(driven, provider, { stream: true }, leaving.signal)
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (text.split(' ').length <= heldAfter) {
    const { done, value } = (await reader?.read()) ?? { done: true }
    if (done) break
    text += value
  }
  leaving.abort()
  await driven.proxy.quiet()
  return `left ${provider} after a few words`
}

/** @param {Driven} driven @param {string} provider */
async function unknownModel(driven, provider) {
  const status = await ask(driven, provider, { model: 'no-such-model' })
  return `${status}, as ${provider} does not know the model`
}

/** @param {Driven} driven @param {string} provider */
async function rateLimited(driven, provider) {
  if (driven.provider === undefined) return 'left out, as the provider is real'
  driven.provider.script({ rateLimited: true })
  const status = await ask(driven, provider, { stream: true })
  return `${status}, after the SDK for ${provider} has tried three times`
}

/** @param {Driven} driven */
async function withoutUsage(driven) {
  if (driven.provider === undefined) return 'left out, as the provider is real'
  driven.provider.script({ withoutUsage: true })
  await ask(driven, 'openai', { stream: true })
  return 'a whole stream, but no number of tokens'
}

/** @param {Driven} driven */
async function failingTool(driven) {
  await ask(driven, 'openai', { city: 'Atlantis' })
  return 'the agent asks for the weather of Atlantis, where there is no station'
}

/** @param {Driven} driven @param {string} method @param {string} path @param {object} [body] */
async function send({ proxy }, method, path, body) {
  const init = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const response = await fetch(proxy.url + path, { method, ...init })
  await response.arrayBuffer()
  return response.status
}

/** @param {Driven} driven @param {string} provider @param {{ city?: string, model?: string, stream?: boolean }} options */
async function ask(driven, provider, options) {
  const response = await post(driven, provider, options)
  await response.text()
  return response.status
}

/** @param {Driven} driven @param {string} provider @param {object} options @param {AbortSignal} [signal] */
const post = ({ proxy }, provider, options, signal) =>
  fetch(`${proxy.url}/agent/${provider}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ city: 'Lisbon', question: 'What do I wear tonight?', ...options }),
    ...(signal && { signal }),
  })

/** @param {Driven} driven */
async function openSession({ proxy }) {
  const client = new Client({ name: 'traveller', version: '1.0.0' })
  const transport = new StreamableHTTPClientTransport(new URL(`${proxy.url}/mcp`))
  await client.connect(transport)
  const session = transport.sessionId
  // The client opens the server's event stream some time after it has connected.
  await proxy.until(() => proxy.hasStream(session), 'the stream of an MCP session')
  const streamEnded = () => proxy.until(() => !proxy.hasStream(session), 'the end of an MCP stream')
  return {
    client,
    async end() {
      await transport.terminateSession()
      // The server ends the stream now. Closing the client first would abort it.
      await streamEnded()
      await client.close()
    },
    async vanish() {
      await client.close()
      await streamEnded()
    },
  }
}
