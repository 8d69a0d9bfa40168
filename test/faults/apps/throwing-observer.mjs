// A preload: an observer of the wire that throws at the point which THROWS names, and says so on stderr, each time.
import { writeSync } from 'node:fs'
import { observe, onFault } from '../../../packages/wire/dist/index.js'

const point = process.env.THROWS
onFault((fault) => writeSync(2, `${fault.message}\n`))

const at = (name) => () => {
  if (name === point) throw new Error(`fault at ${name}`)
}

observe({
  serverExchange(exchange) {
    at('serverExchange')()
    exchange.header('host')
    return {
      countBytes: true,
      requestBody: at('requestBody'),
      requestEnd: at('requestEnd'),
      response: at('response'),
      responseBody: at('responseBody'),
      end: at('end'),
    }
  },
  connection() {
    at('connection')()
    return { end: at('connectionEnd') }
  },
})
