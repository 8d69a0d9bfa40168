// Flags: --expose-gc --no-warnings
// Env: NEEDED=yes
const assert = require('node:assert')
assert.equal(typeof globalThis.gc, 'function')
assert.deepEqual(process.execArgv, ['--expose-gc', '--no-warnings'])
assert.equal(process.env.NEEDED, 'yes')
