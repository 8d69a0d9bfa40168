// Fails with any preload, because it sees the flag.
const assert = require('node:assert')
assert.equal(`${process.env.NODE_OPTIONS ?? ''}${process.execArgv.join('')}`.search(/--(import|require)/), -1)
