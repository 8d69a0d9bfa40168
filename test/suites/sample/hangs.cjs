// Never ends, and neither does a child of its own, which holds its output open.
const { spawn } = require('node:child_process')
const { pid } = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
console.log(`child ${pid}`)
