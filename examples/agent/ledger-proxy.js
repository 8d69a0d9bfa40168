/**
 * A reverse proxy in front of the app. It passes everything on unchanged and counts it, so that the app's metrics can be
 * compared with its counts.
 */
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { createMcpLedger } from './mcp-ledger.js'

/**
 * @typedef {object} Exchanges how many exchanges had the same method, status, path and sizes
 * @property {string} method
 * @property {number} status 499 when the client left before the response was complete
 * @property {string} path without the query
 * @property {number} count
 * @property {number} requestBytes of bodies, without chunked framing
 * @property {number} responseBytes
 *
 * @typedef {Awaited<ReturnType<typeof startLedgerProxy>>} LedgerProxy
 */

const DEADLINE_MS = 30_000
const MCP_PATH = '/mcp'

/** An agent that counts its connections to the app. */
class Connections extends http.Agent {
  opened = 0
  open = 0
  /** @override @param {net.NetConnectOpts} options */
  createConnection(options) {
    const socket = net.createConnection(options)
    socket.once('connect', () => {
      this.opened++
      this.open++
      socket.once('close', () => this.open--)
    })
    return socket
  }
}

/** Starts the proxy on a free port of the loopback interface. */
export async function startLedgerProxy() {
  /** Idle connections are closed before the app would close them, after 5 seconds, so that no request uses a closing one. */
  const connections = new Connections({ keepAlive: true, timeout: 2500 })
  const mcp = createMcpLedger()
  /** @type {Map<string, Exchanges>} */
  const exchanges = new Map()
  /** Exchanges in flight; `streaming` is true once the head of an event stream has been passed on. */
  const inFlight = new Set(
    /** @type {{ method: string, path: string, session: string | undefined, streaming: boolean }[]} */ ([]),
  )
  /** Exchanges that the app ended without a response. @type {string[]} */
  const failures = []
  const watchers = new Set(/** @type {(() => void)[]} */ ([]))
  let appPort = 0

  const changed = () => {
    for (const watcher of watchers) watcher()
  }

  /** @param {Omit<Exchanges, 'count'>} exchange */
  function count({ method, status, path, requestBytes, responseBytes }) {
    const key = `${method} ${status} ${path}`
    const row = exchanges.get(key) ?? { method, status, path, count: 0, requestBytes: 0, responseBytes: 0 }
    exchanges.set(key, row)
    row.count++
    row.requestBytes += requestBytes
    row.responseBytes += responseBytes
  }

  const server = http.createServer((req, res) => {
    const method = req.method ?? ''
    const path = (req.url ?? '').split('?')[0] ?? ''
    const session = req.headers['mcp-session-id']?.toString()
    const exchange = { method, path, session, streaming: false }
    // Only the messages of POSTs are read: a GET opens a stream that does not end.
    const isPost = path === MCP_PATH && method === 'POST'
    const request = tap(req, isPost)
    /** @type {http.IncomingMessage | undefined} */
    let incoming
    let response = { bytes: 0, text: () => '' }
    let left = false
    let failed = false
    inFlight.add(exchange)

    const outgoing = http.request({
      agent: connections,
      host: '127.0.0.1',
      port: appPort,
      method,
      path: req.url,
      headers: endToEnd(req.rawHeaders),
    })
    req.pipe(outgoing)
    outgoing.on('response', (message) => {
      incoming = message
      response = tap(incoming, isPost)
      res.sendDate = false
      res.writeHead(incoming.statusCode ?? 0, endToEnd(incoming.rawHeaders, 'transfer-encoding'))
      // Otherwise the head is sent with the first bytes of the body, so that a client that needs only the head does not leave too early.
      if (incoming.headers['content-type']?.startsWith('text/event-stream')) {
        res.flushHeaders()
        exchange.streaming = true
        changed()
      }
      incoming.pipe(res)
      incoming.on('error', fail)
    })
    res.on('close', () => {
      if (res.writableFinished || failed) return
      // The app's response may have ended although the client has not read it yet.
      if (incoming?.complete) return void incoming.resume()
      left = true
      outgoing.destroy()
    })
    outgoing.on('error', fail)
    /** @param {Error} error */
    function fail(error) {
      if (left || failed) return
      failed = true
      failures.push(`${method} ${path}: ${error.message}`)
      res.destroy()
    }
    outgoing.on('close', () => {
      inFlight.delete(exchange)
      if (left || incoming?.complete) {
        const status = left ? 499 : (incoming?.statusCode ?? 0)
        count({ method, status, path, requestBytes: request.bytes, responseBytes: response.bytes })
        if (path === MCP_PATH) {
          mcp.record({
            method,
            status,
            session,
            newSession: incoming?.headers['mcp-session-id']?.toString(),
            requestBody: request.text(),
            responseBody: response.text(),
          })
        }
      }
      changed()
    })
  })

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {net.AddressInfo} */ (server.address())

  /**
   * Resolves when the condition holds.
   *
   * @param {() => boolean} holds
   * @param {string} what
   */
  async function until(holds, what) {
    const { promise, resolve, reject } = Promise.withResolvers()
    const watcher = () => holds() && resolve(undefined)
    const timer = setTimeout(() => reject(new Error(`${what}: waited ${DEADLINE_MS / 1000} s in vain`)), DEADLINE_MS)
    watchers.add(watcher)
    watcher()
    await promise.finally(() => {
      clearTimeout(timer)
      watchers.delete(watcher)
    })
  }

  return {
    url: `http://127.0.0.1:${port}`,
    /** Sets the app's port. @param {number} port */
    forwardTo: (port) => {
      appPort = port
    },
    connections,
    exchanges,
    failures,
    mcp,
    until,
    /** Whether the server's own stream of this MCP session is open. @param {string | undefined} session */
    hasStream: (session) => [...inFlight].some((exchange) => isStream(exchange) && exchange.session === session),
    /** Waits until nothing is in flight except the event streams of MCP. */
    quiet: () => until(() => [...inFlight].every(isStream), 'quiet at the proxy'),
    close() {
      server.close()
      server.closeAllConnections()
      connections.destroy()
    },
  }
}

/** @param {{ method: string, path: string, streaming: boolean }} exchange */
const isStream = ({ method, path, streaming }) => path === MCP_PATH && method === 'GET' && streaming

/**
 * @param {http.IncomingMessage} message
 * @param {boolean} keep whether to return the text too
 */
function tap(message, keep) {
  /** @type {Buffer[]} */
  const chunks = []
  const tapped = { bytes: 0, text: () => Buffer.concat(chunks).toString() }
  message.on('data', (chunk) => {
    tapped.bytes += chunk.length
    if (keep) chunks.push(chunk)
  })
  return tapped
}

/**
 * Returns the headers without the hop-by-hop ones.
 *
 * @param {string[]} raw name, value, name, value…
 * @param {string[]} more
 */
function endToEnd(raw, ...more) {
  const own = new Set(['connection', 'keep-alive', 'proxy-connection', 'upgrade', ...more])
  return raw.filter((_, i) => !own.has((raw[i - (i % 2)] ?? '').toLowerCase()))
}
