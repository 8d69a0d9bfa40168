// An Express app whose responses name the trace that the app itself sees. AGENT names a module that sets up an agent.
if (process.env.AGENT) require(process.env.AGENT)
const { createRequire } = require('node:module')
const http = require('node:http')
const { setTimeout: sleep } = require('node:timers/promises')
const { context, propagation, ROOT_CONTEXT, trace } = require('@opentelemetry/api')
const express = require('express')

const ofLlmTests = createRequire(`${__dirname}/../../llm/`)
const ofHttpTests = createRequire(`${__dirname}/../../http/`)
const { BACKEND = '' } = process.env
const tracer = trace.getTracer('app')

/** The trace of the span that is active, and whether it is sampled. */
function currentTrace() {
  const { traceId = '', traceFlags = 0 } = trace.getActiveSpan()?.spanContext() ?? {}
  return { trace: traceId, sampled: (traceFlags & 1) === 1 }
}

function spanAround(parent, work) {
  return tracer.startActiveSpan('work', {}, parent, async (span) => {
    try {
      return await work()
    } finally {
      span.end()
    }
  })
}

const url = `${BACKEND}/v1/chat/completions`
const headers = { 'content-type': 'application/json' }
const lazy = {}
/** A pool of undici 7 dispatches what waited for a connection in the context of another request. */
const pool = () => {
  lazy.pool ??= new (ofHttpTests('undici-7').Agent)({ connections: 2 })
  return lazy.pool
}
const CLIENTS = {
  fetch: async (body) => (await fetch(url, { method: 'POST', headers, body })).text(),
  openai: (body) => {
    const { OpenAI } = ofLlmTests('openai')
    lazy.openai ??= new OpenAI({ apiKey: 'none', baseURL: `${BACKEND}/v1` })
    return lazy.openai.chat.completions.create(JSON.parse(body))
  },
  http: (body) =>
    new Promise((resolve, reject) => {
      http
        .request(url, { method: 'POST', headers }, (response) => response.resume().on('end', resolve))
        .on('error', reject)
        .end(body)
    }),
  pooled: async (body) =>
    (await ofHttpTests('undici-7').fetch(url, { method: 'POST', headers, body, dispatcher: pool() })).text(),
  undici: async (body) =>
    (await ofHttpTests('undici-7').request(url, { method: 'POST', headers, body, dispatcher: pool() })).body.text(),
}

const app = express()
app.get('/sleep/:ms', async ({ params }, response) => {
  await sleep(Number(params.ms))
  response.json(currentTrace())
})
app.get('/fail/:ms', async ({ params }, response) => {
  await sleep(Number(params.ms))
  response.status(500).json(currentTrace())
})
app.get('/manual/:ms', ({ params, headers }, response) =>
  spanAround(propagation.extract(ROOT_CONTEXT, headers), async () => {
    await sleep(Number(params.ms))
    response.json(currentTrace())
  }),
)
// Uses nothing of OpenTelemetry.
app.get('/plain', (_request, response) => response.json({}))
const parked = []
app.get('/park', (_request, response) => {
  parked.push([response, currentTrace()])
})
app.get('/release/:count', async ({ params }, response) => {
  while (parked.length < Number(params.count)) await sleep(1)
  for (const [other, own] of parked.splice(0)) other.json(own)
  response.json(currentTrace())
})
// The call's model has the name of the client, so that each client has a series.
app.get('/llm/:client/:ms', ({ params: { client, ms } }, response) =>
  spanAround(context.active(), async () => {
    await CLIENTS[client](JSON.stringify({ model: client, messages: [], user: ms }))
    response.json(currentTrace())
  }),
)
const server = app.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
