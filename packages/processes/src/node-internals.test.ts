import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'

describe(`Node.js ${process.version}`, () => {
  for (const end of ['', 'process.exit()', 'setImmediate(() => process.exit())']) {
    it(`has process._exiting, which is true only at the end: ${end || 'the event loop runs dry'}`, () => {
      const code = `process.on('exit', () => console.log(process._exiting === true)); process.emit('exit'); ${end}`
      assert.equal(execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' }), 'false\ntrue\n')
    })
  }
})
