// The part that all measured apps share: it sends the app's port, and its CPU and memory on request.

/** @param {import('node:http').Server} server */
module.exports = function measured(server) {
  // The variants take turns, and their connections have to stay open meanwhile.
  server.keepAliveTimeout = 600_000
  const listening = () => process.send({ port: server.address().port })
  if (server.listening) listening()
  else server.listen(0, '127.0.0.1', listening)
  process.on('message', () => process.send({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() }))
  process.on('disconnect', () => process.exit())
}
