// Its result differs with a preload that is imported, but not with one that is required.
const assert = require('node:assert')
assert.equal(process.env.NODE_OPTIONS?.includes('--import') ?? false, false)
