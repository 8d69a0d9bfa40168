'use strict'
// An app that replaces `process.nextTick` by a function that throws. It writes the calls of it when the file that its
// first argument names exists, and ends.
const { existsSync, writeSync } = require('node:fs')

const seen = []
process.nextTick = (callback) => {
  seen.push(callback.name)
  throw new Error('no ticks today')
}

const timer = setInterval(() => {
  if (!existsSync(process.argv[2])) return
  clearInterval(timer)
  writeSync(1, `seen ${JSON.stringify(seen)}\n`)
}, 20)
