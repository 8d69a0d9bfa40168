// Serves requests, counts the SIGINTs that it gets, and says on SIGTERM how many there were.
import { createServer } from 'node:http'

let interrupts = 0
process.on('SIGINT', () => console.log(`interrupt ${++interrupts}`))
process.on('SIGTERM', () => {
  console.log(`ended after ${interrupts} interrupts`)
  process.exit(7)
})
createServer((_, response) => response.end(process.env.NODE_OPTIONS)).listen(0, '127.0.0.1', function () {
  console.log(`ready ${this.address().port} ${process.ppid} ${process.pid}`)
})
