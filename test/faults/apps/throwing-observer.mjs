// A preload: an observer of the wire that throws at the point which THROWS names, and writes each fault to stderr.
import { writeSync } from 'node:fs'
import { observe, onFault } from '@agentgateway-otel/wire'

const point = process.env.THROWS
onFault((fault) => writeSync(2, `${fault.message}\n`))

const at = (name) => () => {
  if (name === point) throw new Error(`fault at ${name}`)
}
/** A listener with all of these callbacks. */
const listener = (of, names) => Object.fromEntries(names.map((name) => [name, at(`${of} ${name}`)]))

const exchange = (side) => (exchange) => {
  at(`${side} exchange`)()
  exchange.header('host')
  const names = ['requestBody', 'requestEnd', 'response', 'responseBody', 'end']
  return { countBytes: true, ...listener(side, names) }
}

observe({
  serverExchange: exchange('server'),
  clientExchange: exchange('client'),
  connection() {
    at('connection')()
    return listener('connection', ['end'])
  },
  pipe() {
    at('pipe')()
    const { input, ...others } = listener('pipe', ['input', 'inputEnd', 'output', 'end'])
    // Returning true asks for the output as well.
    return { ...others, input: () => input() ?? true }
  },
})
