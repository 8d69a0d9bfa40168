import cluster from 'node:cluster'
import { createServer } from 'node:http'

/** An app of three processes. The two workers share the port in the first argument. */
if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()]
  let listening = 0
  cluster.on('listening', () => {
    if (++listening === workers.length) console.log('ready')
  })
} else {
  createServer((_, response) => response.end('ok')).listen(Number(process.argv[2]), '127.0.0.1')
}
