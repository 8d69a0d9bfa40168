/** Counts the messages that MCP clients post and the sessions that they open and delete, from complete exchanges. */

/**
 * @typedef {object} McpExchange a POST or DELETE that has ended
 * @property {string} method the HTTP method
 * @property {number} status
 * @property {string | undefined} session the id in the request
 * @property {string | undefined} newSession the id in the response
 * @property {string} requestBody
 * @property {string} responseBody
 *
 * @typedef {object} McpMessages
 * @property {string} client the client's name in `initialize`
 * @property {string} server the server's name in `initialize`
 * @property {string} method the JSON-RPC method
 * @property {string} name the tool or prompt, or empty; `_OTHER` if it was never listed and never used successfully
 * @property {'ok' | 'error' | 'none'} status
 * @property {number} count
 */

export function createMcpLedger() {
  /** @type {Map<string, McpMessages>} */
  const messages = new Map()
  /** Open sessions by id, with the names of their client and server. @type {Map<string, { client: string, server: string }>} */
  const sessions = new Map()
  /** Names of tools and prompts that exist. @type {Set<string>} */
  const known = new Set()

  /** @param {Omit<McpMessages, 'count'>} message */
  function count(message) {
    const key = JSON.stringify(Object.values(message))
    const row = messages.get(key) ?? { ...message, count: 0 }
    messages.set(key, row)
    row.count++
  }

  /** @param {McpExchange} exchange */
  function record({ method, status, session: id = '', newSession, requestBody, responseBody }) {
    const session = sessions.get(id)
    if (status === 404 || (method === 'DELETE' && status < 300)) sessions.delete(id)
    if (method !== 'POST') return
    const answers = messagesOf(responseBody)
    for (const message of messagesOf(requestBody)) {
      if (message.method === undefined) continue
      const answer = message.id === undefined ? undefined : answers.find(({ id }) => id === message.id)
      const { client, server } = session ?? {
        client: message.params?.clientInfo?.name ?? '',
        server: answer?.result?.serverInfo?.name ?? '',
      }
      if (message.method === 'initialize' && newSession !== undefined) sessions.set(newSession, { client, server })
      const status = answer === undefined ? 'none' : answer.error || answer.result.isError ? 'error' : 'ok'
      const name = message.params?.name ?? ''
      if (status === 'ok') known.add(name)
      for (const item of answer?.result?.tools ?? answer?.result?.prompts ?? []) known.add(item.name)
      count({
        client,
        server,
        method: message.method,
        name: name === '' || known.has(name) ? name : '_OTHER',
        status,
      })
    }
  }

  return { messages, sessions, record }
}

/**
 * Returns the JSON-RPC messages of a body, which holds one message, an array, or an event stream.
 *
 * @param {string} body
 * @returns {any[]}
 */
function messagesOf(body) {
  if (body === '') return []
  if (/^(event|data|id|:)/.test(body))
    return [...body.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data ?? ''))
  const value = JSON.parse(body)
  return Array.isArray(value) ? value : [value]
}
