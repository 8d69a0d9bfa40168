require('./thread-cpu.cjs')
const http = require('node:http')

// Makes 2,000 series of each metric of requests by sending itself requests with five methods and 400 statuses.
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']
const agent = new http.Agent({ keepAlive: true, maxSockets: 4 })
const server = http.createServer((request, response) => {
  response.statusCode = Number(request.url.slice(1))
  response.end()
})

server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address()
  const send = (method, status) =>
    new Promise((resolve, reject) => {
      const request = http.request({ host: '127.0.0.1', port, agent, method, path: `/${status}` }, (response) => {
        response.resume().once('close', resolve)
      })
      request.once('error', reject).end()
    })
  for (const method of METHODS) {
    for (let status = 200; status < 600; status += 4) {
      await Promise.all([0, 1, 2, 3].map((i) => send(method, status + i)))
    }
  }
  agent.destroy()
  console.log('ready')
})
