// Never ends, and starts a child process that never ends either and keeps the output open.
const { spawn } = require('node:child_process')
const { pid } = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
console.log(`child ${pid}`)
