import cluster from 'node:cluster'
import http from 'node:http'

/** A cluster of so many workers, each of which serves. `restart` on stdin replaces them one after the other. */
const workers = Number(process.argv[2])

if (cluster.isPrimary) {
  for (let i = 0; i < workers; i++) cluster.fork()
  let listening = 0
  cluster.on('listening', (_, { port }) => {
    if (++listening === workers) console.log(`ready ${port}`)
  })
  process.stdin.on('data', async (text) => {
    if (!String(text).includes('restart')) return
    for (const worker of Object.values(cluster.workers ?? {})) {
      const fresh = cluster.fork()
      await new Promise((resolve) => fresh.once('listening', resolve))
      worker?.disconnect()
      await new Promise((resolve) => worker?.once('exit', resolve))
    }
    console.log('restarted')
  })
} else {
  http.createServer((_, response) => response.end(String(process.pid))).listen(0, '127.0.0.1')
}
