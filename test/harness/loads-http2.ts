import { spawnSync } from 'node:child_process'
import { NODE } from './app.ts'

/** Whether the preload loads `http2`, and with it TLS: on versions of Node.js that do not publish HTTP/2, to do so itself. */
export const LOADS_HTTP2 = /^v(?:22\.1[5-7]|23|24\.[0-2])\./.test(
  spawnSync(NODE, ['--version'], { encoding: 'utf8' }).stdout,
)
