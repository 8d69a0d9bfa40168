import { describe, it } from 'node:test'
import { appFile, checkHttpPair, checkStdioPair } from './pairs.ts'

const CLIENT = { file: 'client-sdk.js' }

describe('a client and a server of the official SDK both count every message and the session', () => {
  it('over Streamable HTTP', () => checkHttpPair({ file: 'http-sdk.js' }, '/stateful', true, CLIENT))

  it('over SSE', () => checkHttpPair({ file: 'http-express.js', transport: 'sse' }, '/sse', true, CLIENT))

  it('over stdio', () => checkStdioPair({ args: [appFile('stdio-sdk.js')] }, CLIENT))

  it('over Streamable HTTP without sessions, with version 2 of the SDK', () =>
    checkHttpPair({ file: 'http-sdk.js', env: { SDK: '2' } }, '/stateless', false, {
      file: 'client-sdk.js',
      env: { SDK: '2' },
    }))
})
