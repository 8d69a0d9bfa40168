'use strict'
// A balancer that hands its connections to a child process, some at once and some later. The child responds. Prints its
// port.
const { fork } = require('node:child_process')
const net = require('node:net')

if (process.argv[2] === 'child') {
  process.on('message', (_message, socket) => socket?.end('from the child'))
} else {
  const child = fork(__filename, ['child'])
  let accepted = 0
  const server = net
    .createServer({ pauseOnConnect: true }, (socket) => {
      const handOver = () => child.send('socket', socket)
      if (accepted++ % 2 === 0) handOver()
      else setImmediate(handOver)
    })
    .listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
  process.on('SIGTERM', () => {
    child.kill()
    process.exit()
  })
}
