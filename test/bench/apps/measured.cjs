// What every app under measurement has besides itself: it says its port, and what it uses when it is asked.

/** @param {import('node:http').Server} server */
module.exports = function measured(server) {
  // The variants take turns; their connections are to be there when it is theirs.
  server.keepAliveTimeout = 600_000
  const listening = () => process.send({ port: server.address().port })
  if (server.listening) listening()
  else server.listen(0, '127.0.0.1', listening)
  process.on('message', () => process.send({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() }))
  process.on('disconnect', () => process.exit())
}
