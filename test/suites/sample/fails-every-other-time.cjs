// Passes and fails in turns, whatever the preload is.
const { appendFileSync, readFileSync } = require('node:fs')
const file = process.env.TURNS
appendFileSync(file, '.')
process.exitCode = readFileSync(file).length % 2 === 0 ? 1 : 0
