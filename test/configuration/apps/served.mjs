// Serves one request of its own, writes that to stdout, and has nothing left to do.
import { createServer, get } from 'node:http'

const server = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1', () => {
  get({ host: '127.0.0.1', port: server.address().port, agent: false }, (response) => {
    response.resume().on('end', () => {
      console.log('served')
      server.close()
    })
  })
})
