/**
 * A local stand-in for an LLM provider. It speaks the wire formats of OpenAI's Chat Completions and Anthropic's Messages
 * (JSON, event streams, usage, errors, gzip) and responds with meaningless text.
 *
 *     node provider.js    listens on PORT, 4000 by default, and prints the variables to set
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { constants, createGzip } from 'node:zlib'
import { ANTHROPIC } from './provider-anthropic.js'
import { OPENAI } from './provider-openai.js'

/**
 * @typedef {object} Tokens `input` includes what was read from the cache or written to it, `output` includes reasoning
 * @property {number} input
 * @property {number} output
 * @property {number} cacheRead
 * @property {number} cacheCreation
 * @property {number} reasoning
 *
 * @typedef {object} Answer
 * @property {string} id
 * @property {number} created in seconds since 1970
 * @property {string} model
 * @property {string[]} words
 * @property {Tokens} tokens
 *
 * @typedef {object} StreamEvent
 * @property {string} [event]
 * @property {string} data
 * @property {boolean} [isWord]
 * @property {boolean} [isLast]
 * @property {Tokens} [usage] what the event reports
 *
 * @typedef {{ type: string, code?: string, message: string }} Failure
 * @typedef {{ failure: Failure, headers: Readonly<Record<string, string>> }} RateLimit
 *
 * @typedef {object} Format how a provider's API looks on the wire
 * @property {string} name
 * @property {string} path
 * @property {Readonly<Record<string, string>>} models the models, each with the dated version that responds
 * @property {Readonly<Record<number, Failure>>} failures by status
 * @property {(model: string) => RateLimit} rateLimit what the provider responds with when a minute's requests are used up
 * @property {(body: any) => string} promptOf
 * @property {(body: any) => string} cachedTextOf the part of the prompt that is worth caching
 * @property {(answer: Answer) => object} json
 * @property {(answer: Answer, body: any) => Iterable<StreamEvent>} events
 * @property {(failure: Failure, id: string) => object} error
 *
 * @typedef {object} Call one entry of the ledger
 * @property {string} format
 * @property {string} requestModel
 * @property {string | undefined} responseModel undefined until it has been sent
 * @property {boolean} stream
 * @property {boolean} retried whether the client's SDK makes another attempt
 * @property {number} status
 * @property {'open' | 'complete' | 'aborted'} outcome
 * @property {Tokens | undefined} usage the last usage that was sent
 *
 * @typedef {object} Script how to respond to the next call
 * @property {number} [fail] the status to fail with
 * @property {boolean} [retry] with `fail`: tell the client to retry
 * @property {boolean} [rateLimited] fail with 429 and the provider's headers, also the attempts that the client's SDK makes then
 * @property {boolean} [withoutUsage] send a stream of OpenAI's without its usage, as a server that does not know `stream_options`
 * @property {number} [holdAfter] how many words of a stream to send before waiting until the client leaves
 */

/** @typedef {Awaited<ReturnType<typeof startProvider>>} LocalProvider */

const FORMATS = [OPENAI, ANTHROPIC]
/** How many more attempts the SDKs make by default, which they number in a header. */
const SDK_RETRIES = 2
const WORDS = 'Take a light coat, walk along the river, and be back before the evening rain.'.split(/(?<= )/)

/** As a rule of thumb, a token is four characters. @param {string} text */
const tokensOf = (text) => Math.ceil(text.length / 4)

/**
 * @param {number} port 0 for a free one
 * @param {string} [host] all interfaces by default
 */
export async function startProvider(port, host) {
  /** @type {Call[]} */
  const ledger = []
  /** @type {Script[]} */
  const scripts = []
  /** Prompts in the cache. */
  const cache = new Set()

  const server = createServer(async (req, res) => {
    const format = FORMATS.find(({ path }) => req.method === 'POST' && req.url?.split('?')[0] === path)
    if (format === undefined) return void res.writeHead(404).end()
    const body = /** @type {any} */ (await json(req).catch(() => undefined))
    const script = scripts.shift() ?? {}
    const mayRetry = script.retry === true || script.rateLimited === true
    const hasRetries = Number(req.headers['x-stainless-retry-count'] ?? 0) < SDK_RETRIES
    /** @type {Call} */
    const call = {
      format: format.name,
      requestModel: String(body?.model),
      responseModel: undefined,
      stream: body?.stream === true,
      retried: mayRetry && hasRetries,
      status: 200,
      outcome: 'open',
      usage: undefined,
    }
    ledger.push(call)
    if (script.rateLimited && call.retried) scripts.unshift(script)
    res.on('close', () => {
      if (call.outcome === 'open') call.outcome = res.writableFinished ? 'complete' : 'aborted'
    })

    const id = randomUUID()
    const model = format.models[call.requestModel]
    if (script.rateLimited) {
      call.status = 429
      const { failure, headers } = format.rateLimit(call.requestModel)
      res.writeHead(429, { ...headers, 'content-type': 'application/json' })
      return void res.end(JSON.stringify(format.error(failure, id)))
    }
    const problem = script.fail ?? (Array.isArray(body?.messages) ? (model === undefined ? 404 : undefined) : 400)
    if (problem !== undefined || model === undefined) {
      call.status = problem ?? 404
      const failure = format.failures[call.status] ?? { type: 'api_error', message: 'failed' }
      res.statusCode = call.status
      res.setHeader('x-should-retry', String(mayRetry)).setHeader('retry-after-ms', '1')
      return send(req, res, format.error(failure, id))
    }

    const cachedText = format.cachedTextOf(body)
    const hit = cache.has(cachedText)
    cache.add(cachedText)
    /** @type {Answer} */
    const answer = {
      id,
      created: Math.floor(Date.now() / 1000),
      model,
      words: WORDS,
      tokens: {
        input: tokensOf(format.promptOf(body)),
        output: WORDS.length + 8,
        cacheRead: hit ? tokensOf(cachedText) : 0,
        cacheCreation: hit ? 0 : tokensOf(cachedText),
        reasoning: 8,
      },
    }
    call.responseModel = model
    if (call.stream) {
      const asked = script.withoutUsage ? { ...body, stream_options: undefined } : body
      return sendStream(req, res, format.events(answer, asked), call, script.holdAfter)
    }
    call.usage = answer.tokens
    return send(req, res, format.json(answer))
  })

  server.listen(port, host)
  await once(server, 'listening')
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())
  const url = `http://${host ?? 'localhost'}:${address.port}`
  return {
    /** The environment variables with which an app uses this provider. */
    env: { OPENAI_BASE_URL: `${url}/v1`, ANTHROPIC_BASE_URL: url },
    /** The calls, in order. */
    ledger,
    /** Sets how to respond to the next call that has no script yet. @param {Script} script */
    script: (script) => void scripts.push(script),
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/**
 * @param {import('node:http').IncomingMessage} req
 * @param {import('node:http').ServerResponse} res
 */
function encoded(req, res) {
  if (!/\bgzip\b/.test(req.headers['accept-encoding'] ?? '')) return res
  res.setHeader('content-encoding', 'gzip')
  // Each event has to arrive at once, not when the compressor has a full block.
  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH })
  res.on('close', () => gzip.destroy())
  gzip.pipe(res)
  return gzip
}

/**
 * @param {import('node:http').IncomingMessage} req
 * @param {import('node:http').ServerResponse} res
 * @param {object} body
 */
function send(req, res, body) {
  res.setHeader('content-type', 'application/json')
  encoded(req, res).end(JSON.stringify(body))
}

/**
 * @param {import('node:http').IncomingMessage} req
 * @param {import('node:http').ServerResponse} res
 * @param {Iterable<StreamEvent>} events
 * @param {Call} call
 * @param {number} holdAfter
 */
async function sendStream(req, res, events, call, holdAfter = Infinity) {
  res.setHeader('content-type', 'text/event-stream')
  const out = encoded(req, res)
  let words = 0
  for (const { event, data, isWord, isLast, usage } of events) {
    if (isWord && words++ === holdAfter) return
    out.write(`${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`)
    if (usage !== undefined) call.usage = usage
    // Some clients close the connection at the last event, before the response ends.
    if (isLast) call.outcome = 'complete'
    // A real model takes time for each token.
    await new Promise((resolve) => setTimeout(resolve, 2))
    if (res.destroyed) return
  }
  out.end()
}

if (process.argv[1] === import.meta.filename) {
  const { env } = await startProvider(Number(process.env.PORT ?? 4000))
  console.log('A local provider. Give the app:')
  for (const [name, value] of Object.entries(env)) console.log(`  ${name}=${value}`)
}
