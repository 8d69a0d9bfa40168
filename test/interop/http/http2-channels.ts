import { spawnSync } from 'node:child_process'
import { NODE } from '../../harness/app.ts'

/** Returns whether this Node.js has diagnostics channels for HTTP/2 streams; 22.15.0 and 24.0.0 do not. */
function hasChannels(): boolean {
  const probe = `
    const http2 = require('http2')
    let isPublished = false
    require('diagnostics_channel').subscribe('http2.server.stream.created', () => { isPublished = true })
    const server = http2.createServer((request, response) => response.end()).listen(0, '127.0.0.1', () => {
      const session = http2.connect('http://127.0.0.1:' + server.address().port)
      session.request().resume().on('close', () => { console.log(isPublished); process.exit() })
    })`
  return spawnSync(NODE, ['-e', probe], { encoding: 'utf8' }).stdout.trim() === 'true'
}

/** Why tests of HTTP/2 are skipped; false where they are not. */
export const skip = hasChannels() ? false : 'this Node.js has no channels for HTTP/2 streams'
