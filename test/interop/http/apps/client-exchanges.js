// A preload: prints each exchange of this process as a client when it ends, one line of JSON each.
import { observe, onFault } from '../../../../packages/wire/dist/index.js'

onFault((fault) => console.log('fault', fault))
observe({
  clientExchange(exchange) {
    let status
    return {
      countBytes: true,
      response(head) {
        status = head.status
      },
      end(outcome) {
        const { method, target, requestBytes, responseBytes } = exchange
        const type = exchange.header('content-type')
        console.log(JSON.stringify({ method, target, type, status, requestBytes, responseBytes, outcome }))
      },
    }
  },
})
