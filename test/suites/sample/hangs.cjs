// Never ends, and has a child that never ends either and holds its output open.
const { spawn } = require('node:child_process')
const { pid } = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
console.log(`child ${pid}`)
