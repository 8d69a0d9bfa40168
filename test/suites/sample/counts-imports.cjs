// Fails with a preload that is loaded by `--import`, but not with one that is loaded by `--require`.
const assert = require('node:assert')
assert.equal(process.env.NODE_OPTIONS?.includes('--import') ?? false, false)
