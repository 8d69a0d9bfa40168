/**
 * Measures the CPU time that the event loop's thread uses between the lines `begin <id>` and `end <id>` on stdin, and writes
 * it as `used <milliseconds> in <id>`. Unlike wall time, CPU time does not grow while other processes use the CPU.
 */
let before = process.threadCpuUsage()
process.stdin.on('data', (text) => {
  const [word, id] = String(text).trim().split(' ')
  if (word === 'begin') {
    before = process.threadCpuUsage()
    console.log(`begun ${id}`)
  } else {
    const { user, system } = process.threadCpuUsage(before)
    console.log(`used ${(user + system) / 1000} in ${id}`)
  }
})
