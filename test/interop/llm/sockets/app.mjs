// Makes calls over WebSockets: with the SDKs of OpenAI and Google, and with each client of WebSockets that Node.js has.
import { once } from 'node:events'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket'
import { OpenAIRealtimeWS } from 'openai/realtime/ws'
import { ResponsesWS } from 'openai/resources/responses/ws'
import { WebSocket as UndiciWebSocket } from 'undici'
import { WebSocket as WsWebSocket } from 'ws'

const { PROVIDER, PROVIDER_TLS } = process.env
console.log('ready')
const prompt = 'Grüße an "type":"response.done": 漢字 🎈'
const see = (name, seen) => console.log(JSON.stringify({ name, seen }))

const openai = new OpenAI({ apiKey: 'none', baseURL: `${PROVIDER_TLS.replace('wss', 'https')}/v1` })
const plain = new OpenAI({ apiKey: 'none', baseURL: `${PROVIDER.replace('ws', 'http')}/v1` })

/** A conversation over OpenAI's Realtime, whose messages go out as JSON. */
async function converse(name, { send, events, close, opened }) {
  const types = []
  await opened
  const next = async (...wanted) => {
    for await (const event of events) {
      types.push(event.type)
      if (wanted.includes(event.type)) return event
    }
  }
  await next('session.created')
  await send({ type: 'session.update', session: { type: 'realtime', instructions: prompt } })
  await send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [] } })
  await send({ type: 'conversation.item.delete', event_id: 'mine', item_id: 'none' })
  await send({ type: 'response.create' })
  await next('response.done')
  await send({ type: 'response.create', response: { instructions: prompt } })
  await next('response.done')
  await send({ type: 'input_audio_buffer.append', audio: 'UklGRiQAAABXQVZF'.repeat(9000) })
  await send({ type: 'input_audio_buffer.commit' })
  await next('response.done')
  await close()
  see(name, types)
}

/** The events that come, whatever delivers them. `undefined` is the end. */
function queueOf(subscribe) {
  const queue = []
  let wake = () => {}
  subscribe((event) => {
    queue.push(event)
    wake()
  })
  return {
    async *[Symbol.asyncIterator]() {
      for (;;) {
        if (queue.length === 0) {
          await new Promise((resolve) => {
            wake = resolve
          })
        }
        const event = queue.shift()
        if (event === undefined) return
        yield event
      }
    },
  }
}

/** A WebSocket as browsers have it. */
function overWebSocket(socket) {
  socket.binaryType = 'arraybuffer'
  const closed = new Promise((resolve) => socket.addEventListener('close', resolve))
  return {
    opened: new Promise((resolve) => socket.addEventListener('open', resolve)),
    events: queueOf((push) => {
      socket.addEventListener('message', ({ data }) => push(JSON.parse(data)))
      socket.addEventListener('close', () => push(undefined))
      socket.addEventListener('error', () => {})
    }),
    send: (event) => socket.send(JSON.stringify(event)),
    close: () => {
      socket.close()
      return closed
    },
    closed,
  }
}

const realtimeUrl = (model, base = PROVIDER) => `${base}/v1/realtime?model=${model}`

/** One response, or what comes instead. */
async function ask(name, socket, isOver = (event) => event.type === 'response.done') {
  const { opened, events, send, close } = overWebSocket(socket)
  await opened
  await send({ type: 'response.create' })
  const types = []
  for await (const event of events) {
    types.push(event.type)
    if (isOver(event)) break
  }
  await close()
  // How much arrives before a connection is cut is not the same each time.
  see(name, name.endsWith('cut') ? [] : types)
}

const withSdk = (rt, socket) => ({
  opened: new Promise((resolve) => {
    if (socket.readyState === 1) resolve()
    else socket.addEventListener('open', resolve)
  }),
  events: queueOf((push) => rt.on('event', push)),
  send: (event) => rt.send(event),
  close: async () => {
    rt.close()
    await new Promise((resolve) => socket.addEventListener('close', resolve))
  },
})

// OpenAI Realtime, with the SDK's two classes, and with each client of WebSockets.
for (const [name, create] of Object.entries({
  'realtime/ws': () => new OpenAIRealtimeWS({ model: 'sdk-ws' }, openai),
  'realtime/websocket': () =>
    new OpenAIRealtimeWebSocket({ model: 'sdk-websocket', dangerouslyAllowBrowser: true }, openai),
})) {
  const rt = create()
  // It throws what no listener gets.
  rt.on('error', () => {})
  await converse(name, withSdk(rt, rt.socket))
}
await converse('WebSocket', overWebSocket(new WebSocket(realtimeUrl('built-in'))))
await converse('WebSocket, TLS', overWebSocket(new WebSocket(realtimeUrl('built-in-tls', PROVIDER_TLS))))
await converse('undici', overWebSocket(new UndiciWebSocket(realtimeUrl('undici'))))
for (const perMessageDeflate of [
  false,
  true,
  { threshold: 0, clientNoContextTakeover: true, serverNoContextTakeover: true },
  { threshold: 0, serverMaxWindowBits: 9 },
]) {
  const socket = new WsWebSocket(realtimeUrl('ws'), { perMessageDeflate })
  await converse(`ws, ${JSON.stringify(perMessageDeflate)}`, overWebSocket(socket))
}

// What goes wrong.
for (const [kind, Socket] of Object.entries({ 'built-in': WebSocket, ws: WsWebSocket })) {
  const over =
    (...types) =>
    (event) =>
      types.includes(event.type)
  await ask(`${kind}: fail`, new Socket(realtimeUrl('fail')))
  await ask(`${kind}: unreported`, new Socket(realtimeUrl('unreported')))
  await ask(`${kind}: refuse`, new Socket(realtimeUrl('refuse')), over('error'))
  await ask(`${kind}: cut`, new Socket(realtimeUrl('cut')))
  await ask(`${kind}: goodbye`, new Socket(realtimeUrl('goodbye')))
  await ask(`${kind}: stall`, new Socket(realtimeUrl('stall')), over('response.output_audio.delta'))
  await ask(`${kind}: silent`, new Socket(realtimeUrl('silent')), over('response.created'))
  const refused = new Socket(realtimeUrl('unauthorized'))
  await new Promise((resolve) => refused.addEventListener('error', resolve))
}

// OpenAI Responses.
{
  const ws = new ResponsesWS(plain)
  const seen = []
  const events = queueOf((push) => ws.on('event', push))
  ws.on('error', () => {})
  const next = async (count) => {
    for await (const { type } of events) {
      seen.push(type)
      if (/completed|failed|error/.test(type) && --count === 0) return
    }
  }
  for (const model of ['one', 'fail', 'refuse', 'two']) {
    ws.send({ type: 'response.create', model, input: prompt })
    await next(1)
  }
  for (const stream_id of ['a', 'b', 'c'])
    ws.send({ type: 'response.create', model: `lane-${stream_id}`, input: prompt, stream_id })
  await next(3)
  // The lanes take turns as they like.
  seen.sort()
  ws.send({ type: 'response.create', model: 'stall', input: prompt })
  for await (const { type } of events) if (type === 'response.output_text.delta') break
  const closed = once(ws.socket, 'close').catch(() => {})
  ws.close()
  await closed
  see('responses', seen)
}

// Gemini Live.
for (const model of ['live', 'late', 'unreported', 'tool', 'stall', 'cut', 'refuse']) {
  const ai = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: PROVIDER.replace('ws', 'http') } })
  const seen = []
  let closed
  const isClosed = new Promise((resolve) => {
    closed = resolve
  })
  const events = queueOf((push) => {
    ai.live
      .connect({
        model,
        config: { responseModalities: ['TEXT'] },
        callbacks: {
          onmessage: push,
          onerror() {},
          onclose() {
            push(undefined)
            closed()
          },
        },
      })
      .then(push, (error) => {
        seen.push(error.message)
        push(undefined)
      })
  })
  let session
  let turns = 0
  for await (const event of events) {
    if (typeof event.sendClientContent === 'function') {
      session = event
      session.sendRealtimeInput({ audio: { data: 'UklGRiQAAABXQVZF'.repeat(900), mimeType: 'audio/pcm;rate=16000' } })
      session.sendClientContent({ turns: prompt, turnComplete: true })
      continue
    }
    seen.push(Object.keys(event).sort())
    if (event.toolCall) {
      session.sendToolResponse({
        functionResponses: [{ id: 'call_1', name: 'get_weather', response: { output: 'sunny' } }],
      })
    }
    if (model === 'stall' && event.serverContent?.modelTurn) break
    if (!event.serverContent?.turnComplete) continue
    if (++turns === 2) break
    session.sendRealtimeInput({ text: prompt })
  }
  session?.close()
  await isClosed
  see(`live: ${model}`, model === 'cut' ? [] : seen)
}

console.log('done')
setInterval(() => {}, 1 << 30)
