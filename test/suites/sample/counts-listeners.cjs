// Fails with a preload that adds a listener for `exit`.
const assert = require('node:assert')
assert.equal(process.listenerCount('exit'), 0, 'there is a listener for exit')
