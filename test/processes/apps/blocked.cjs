const { monitorEventLoopDelay } = require('node:perf_hooks')

/**
 * Says on stdin's `begin` and `end` how long the event loop was blocked in between: at most at once, and what CPU its
 * thread used altogether, in milliseconds.
 */
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
let before = process.threadCpuUsage()
process.stdin.on('data', (text) => {
  if (String(text).includes('begin')) {
    delay.reset()
    before = process.threadCpuUsage()
    console.log('begun')
  } else {
    const { user, system } = process.threadCpuUsage(before)
    console.log(`blocked ${delay.max / 1e6} ${(user + system) / 1000}`)
  }
})
