// Serves one request, and is done when its stdin ends.
import { createServer } from 'node:http'

const server = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1', async () => {
  console.log('ready')
  await (await fetch(`http://127.0.0.1:${server.address().port}`, { headers: { connection: 'close' } })).text()
  process.stdin.on('end', () => server.close()).resume()
})
