/**
 * Writes what an app can see of the preload, and ends with an exit code of its own: at once, or with the argument
 * `after stdin` when its stdin ends.
 */
function end() {
  const names = ['SIGTERM', 'SIGINT', 'SIGHUP', 'beforeExit', 'uncaughtException', 'message', 'disconnect']
  console.log(
    JSON.stringify({
      listeners: names.map((name) => process.listenerCount(name)),
      env: Object.keys(process.env).length,
      globals: Object.keys(globalThis),
    }),
  )
  process.exitCode = 3
}

if (process.argv[2] === 'after stdin') process.stdin.on('end', end).resume()
else end()
