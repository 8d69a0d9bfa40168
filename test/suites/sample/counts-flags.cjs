// Its result differs with any preload.
const assert = require('node:assert')
assert.equal(`${process.env.NODE_OPTIONS ?? ''}${process.execArgv.join('')}`.search(/--(import|require)/), -1)
