import { spawnSync } from 'node:child_process'
import { NODE } from '../../harness/app.ts'

/** Whether this Node.js tells of HTTP/2 streams: 22.15.0 and 24.0.0 have no such channels. */
function hasChannels(): boolean {
  const probe = `
    const http2 = require('http2')
    let told = false
    require('diagnostics_channel').subscribe('http2.server.stream.created', () => { told = true })
    const server = http2.createServer((request, response) => response.end()).listen(0, '127.0.0.1', () => {
      const session = http2.connect('http://127.0.0.1:' + server.address().port)
      session.request().resume().on('close', () => { console.log(told); process.exit() })
    })`
  return spawnSync(NODE, ['-e', probe], { encoding: 'utf8' }).stdout.trim() === 'true'
}

/** Why tests of HTTP/2 are skipped, if they are. */
export const skip = hasChannels() ? false : 'this Node.js has no channels for HTTP/2 streams'
