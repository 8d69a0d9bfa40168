// Its result differs with a preload that adds a listener for `exit`.
const assert = require('node:assert')
assert.equal(process.listenerCount('exit'), 0, 'somebody listens for exit')
