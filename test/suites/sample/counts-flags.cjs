// Differs with any preload.
const assert = require('node:assert')
assert.equal(`${process.env.NODE_OPTIONS ?? ''}${process.execArgv.join('')}`.includes('--import'), false)
