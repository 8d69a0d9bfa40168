// Makes a server measurable by its parent process.

const { getHeapStatistics } = require('node:v8')

/**
 * Sends the server's port to the parent process, and in reply to each message the CPU time, the resident memory and the heap. The process
 * ends when the parent disconnects.
 *
 * @param {import('node:http').Server} server
 */
module.exports = function measured(server) {
  // The connections must stay open while the other variants have their turns.
  server.keepAliveTimeout = 600_000
  const sendPort = () => process.send({ port: server.address().port })
  if (server.listening) sendPort()
  else server.listen(0, '127.0.0.1', sendPort)
  process.on('message', () => {
    const { used_heap_size: heap } = getHeapStatistics()
    process.send({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss(), heap })
  })
  process.on('disconnect', () => process.exit())
}
