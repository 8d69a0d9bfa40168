import { createServer } from 'node:http'

/** An app that responds to every request, and ends when its stdin does. */
process.on('worker', () => console.log('the app sees a thread'))
const server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1', () => {
  console.log(`ready ${server.address().port}`)
})
process.stdin.on('end', () => server.close()).resume()
