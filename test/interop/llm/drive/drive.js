import { createDescribe } from './describe.js'

const { PROVIDER, REFUSING, MODES } = process.env

/** The calls that are made of each operation whose response is not a stream. The model names the provider's behaviour. */
const WHOLE = {
  response: { model: 'respond' },
  'response, byte by byte': { model: 'respond-bytes' },
  'compressed response': { model: 'respond-gzip' },
  'refusal 400': { model: 'refuse-400' },
  'refusal 429': { model: 'refuse-429' },
  'refusal 500': { model: 'refuse-500' },
  'refusal 429, with a retry': { model: 'refuse-429', retries: 1 },
  'success at the second attempt': { model: 'flaky-500', retries: 1 },
  'abort before the response': { model: 'silent', leave: 'abort' },
  'cut response': { model: 'cut' },
  'response shorter than its content-length': { model: 'short' },
  'refused connection': { model: 'respond', url: REFUSING },
}

/** The calls that are made of each operation whose response is a stream. */
const STREAM = {
  stream: { model: 'respond' },
  'stream, byte by byte': { model: 'respond-bytes' },
  'stream, lines ended by CR LF': { model: 'respond-crlf' },
  'compressed stream': { model: 'respond-gzip' },
  'refusal 400 of a stream': { model: 'refuse-400' },
  'refusal 429 of a stream, with a retry': { model: 'refuse-429', retries: 1 },
  'stream at the second attempt': { model: 'flaky-429', retries: 1 },
  'error in a stream': { model: 'fail' },
  'break out of a stream': { model: 'endless', leave: 'break' },
  'abort in a stream': { model: 'endless', leave: 'abort' },
  'abort of a stream that has stalled': { model: 'stall', leave: 'abort' },
  'cut stream': { model: 'cut' },
  'refused connection of a stream': { model: 'respond', url: REFUSING },
}

/** The calls that are made with `MODES=few`, of a client that is only packaged differently. */
const FEW = new Set([
  ...['response', 'refusal 400', 'abort before the response', 'refused connection'],
  ...['stream', 'error in a stream', 'break out of a stream', 'abort of a stream that has stalled'],
])

/**
 * Makes all calls of a client, one after the other, and writes what the app sees of each as a line of JSON.
 *
 * @param operations by name, `{ whole, stream, not, unsure }`: the first two are functions from
 *   `{ url, model, retries, signal }` to the result, and to an iterable; `not` lists the calls that the client cannot make,
 *   `unsure` those whose error differs from run to run
 * @param more further calls, by name: functions from the same to the result
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
      // The rejection may come before it is awaited.
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
      // How many events had arrived before the abort differs from run to run.
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
    await run(name, async (call, see) => see(await make(call, see)), { model: 'respond' })
  }
  console.log('done')
  process.stdin.resume()
}

/** Waits until a request that gets no response has reached the provider. */
export const arrived = async () => (await fetch(`${PROVIDER}/arrived`)).text()
