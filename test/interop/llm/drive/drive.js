import { createDescribe } from './describe.js'

const { PROVIDER, REFUSING, MODES } = process.env

/** What is done with each operation that answers at once: the model is the provider's behaviour. */
const WHOLE = {
  answer: { model: 'answer' },
  'answer, byte by byte': { model: 'answer-bytes' },
  'compressed answer': { model: 'answer-gzip' },
  'refusal 400': { model: 'refuse-400' },
  'refusal 429': { model: 'refuse-429' },
  'refusal 500': { model: 'refuse-500' },
  'refusal 429, with a retry': { model: 'refuse-429', retries: 1 },
  'success at the second attempt': { model: 'flaky-500', retries: 1 },
  'abort before the answer': { model: 'silent', leave: 'abort' },
  'cut answer': { model: 'cut' },
  'answer shorter than it says': { model: 'short' },
  'refused connection': { model: 'answer', url: REFUSING },
}

/** What is done with each operation that streams. */
const STREAM = {
  stream: { model: 'answer' },
  'stream, byte by byte': { model: 'answer-bytes' },
  'stream, lines ended by CR LF': { model: 'answer-crlf' },
  'compressed stream': { model: 'answer-gzip' },
  'refusal 400 of a stream': { model: 'refuse-400' },
  'refusal 429 of a stream, with a retry': { model: 'refuse-429', retries: 1 },
  'stream at the second attempt': { model: 'flaky-429', retries: 1 },
  'error in a stream': { model: 'fail' },
  'break out of a stream': { model: 'endless', leave: 'break' },
  'abort in a stream': { model: 'endless', leave: 'abort' },
  'abort of a stream that has stalled': { model: 'stall', leave: 'abort' },
  'cut stream': { model: 'cut' },
  'refused connection of a stream': { model: 'answer', url: REFUSING },
}

/** With `MODES=few`: what is left where only the way differs in which the same code comes to run. */
const FEW = new Set([
  ...['answer', 'refusal 400', 'abort before the answer', 'refused connection'],
  ...['stream', 'error in a stream', 'break out of a stream', 'abort of a stream that has stalled'],
])

/**
 * Makes all calls of a client, one after the other, and writes what the app saw of each as a line of JSON.
 *
 * @param operations by name, `{ whole, stream, not }`: functions from `{ url, model, retries, signal }` to the result, or
 *   to what can be iterated; `not` is a list of modes that the client does not have, `unsure` of those whose end differs
 *   from run to run
 * @param more further calls, by name: functions from the same
 * @param volatile properties whose values differ from run to run
 */
export async function drive(operations, more = {}, volatile = []) {
  const describe = createDescribe(volatile)

  async function run(name, make, { leave, ...mode }, isSure = true) {
    const controller = new AbortController()
    const call = { url: PROVIDER, retries: 0, signal: controller.signal, ...mode }
    const seen = []
    try {
      await make(call, (value) => seen.push(describe(value)), controller, leave)
    } catch (error) {
      if (isSure) seen.push({ thrown: describe(error) })
    }
    console.log(JSON.stringify({ name, seen }))
  }

  const whole = (operation) => async (call, see, controller, leave) => {
    const result = operation.whole(call)
    if (leave === 'abort') {
      // So that its rejection is handled whenever it comes.
      result.catch(() => {})
      await arrived()
      controller.abort()
    }
    see(await result)
  }

  const stream = (operation) => async (call, see, controller, leave) => {
    for await (const event of await operation.stream(call)) {
      see(event)
      if (leave === undefined || !JSON.stringify(describe(event)).includes('Grüße')) continue
      if (leave === 'break') break
      // Once: what else had arrived by then is a matter of luck.
      see = () => {}
      setImmediate(() => controller.abort())
    }
  }

  console.log(`ready ${process.version}`)
  for (const [name, operation] of Object.entries(operations)) {
    for (const [kind, modes, make] of [
      ['whole', WHOLE, whole],
      ['stream', STREAM, stream],
    ]) {
      if (operation[kind] === undefined) continue
      for (const [mode, call] of Object.entries(modes)) {
        if (operation.not?.includes(mode) || (MODES === 'few' && !FEW.has(mode))) continue
        await run(`${name}: ${mode}`, make(operation), call, !operation.unsure?.includes(mode))
      }
    }
  }
  for (const [name, make] of Object.entries(more)) {
    await run(name, async (call, see) => see(await make(call, see)), { model: 'answer' })
  }
  console.log('done')
  process.stdin.resume()
}

/** Waits until a request that gets no answer has reached the provider. */
export const arrived = async () => (await fetch(`${PROVIDER}/arrived`)).text()
