// A preload: an observer of the wire that throws at the point which THROWS names, and says so on stderr, each time.
import { writeSync } from 'node:fs'
import { observe, onFault } from '@agentgateway-otel/wire'

const point = process.env.THROWS
onFault((fault) => writeSync(2, `${fault.message}\n`))

const at = (name) => () => {
  if (name === point) throw new Error(`fault at ${name}`)
}
/** What hears of everything that there is of its kind. */
const listener = (of, names) => Object.fromEntries(names.map((name) => [name, at(`${of} ${name}`)]))

const exchange = (side) => (asked) => {
  at(`${side} exchange`)()
  asked.header('host')
  const heard = ['requestBody', 'requestEnd', 'response', 'responseBody', 'end']
  return { countBytes: true, ...listener(side, heard) }
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
    const { input, ...heard } = listener('pipe', ['input', 'inputEnd', 'output', 'end'])
    // The output is wanted, too.
    return { ...heard, input: () => input() ?? true }
  },
})
