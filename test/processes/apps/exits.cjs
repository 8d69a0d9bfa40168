/** Looks, and ends: what the app can see of the preload, and how it ends. */
const wait = Number(process.argv[2] ?? 0)
setTimeout(() => {
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'beforeExit', 'uncaughtException', 'message', 'disconnect']
  console.log(
    JSON.stringify({
      listeners: signals.map((name) => process.listenerCount(name)),
      env: Object.keys(process.env).length,
      globals: Object.keys(globalThis),
    }),
  )
  process.exitCode = 3
}, wait)
