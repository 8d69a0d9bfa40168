const cluster = require('node:cluster')

/**
 * As PM2 does it: a primary that knows nothing of metrics, whose workers have the preload. It replaces those that end,
 * and says which are there. `supervisor.cjs <register> <workers> <script>`
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
