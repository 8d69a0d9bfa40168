/**
 * Says on stdin's `begin` and `end` what CPU the thread of the event loop used in between, in milliseconds: it was blocked
 * for no longer, also where others had the CPU.
 */
let before = process.threadCpuUsage()
process.stdin.on('data', (text) => {
  if (String(text).includes('begin')) {
    before = process.threadCpuUsage()
    console.log('begun')
  } else {
    const { user, system } = process.threadCpuUsage(before)
    console.log(`used ${(user + system) / 1000}`)
  }
})
