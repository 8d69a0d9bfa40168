// Makes a server measurable by its parent process.

/**
 * Sends the server's port to the parent process, and the CPU time and resident memory in reply to each message. The process
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
  process.on('message', () => process.send({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() }))
  process.on('disconnect', () => process.exit())
}
