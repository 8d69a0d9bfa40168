const cluster = require('node:cluster')

/**
 * A primary without the preload, whose workers have it, as with PM2. It replaces workers that end, and writes the ids of
 * those that run. `supervisor.cjs <register> <workers> <script>`
 */
const [register, workers, script] = process.argv.slice(2)

cluster.setupPrimary({ exec: script, execArgv: ['--import', register] })
for (let i = 0; i < Number(workers); i++) cluster.fork()
const pids = new Set()
let port = 0
cluster.on('listening', (worker, address) => {
  pids.add(worker.process.pid)
  const isFirst = port === 0
  port = address.port
  console.log(`workers ${[...pids].join(' ')}`)
  if (isFirst) console.log(`ready ${port}`)
})
cluster.on('exit', (worker) => {
  pids.delete(worker.process.pid)
  console.log(`workers ${[...pids].join(' ')}`)
  cluster.fork()
})
