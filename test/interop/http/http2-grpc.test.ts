import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import grpc from '@grpc/grpc-js'
import { startApp } from '../../harness/app.ts'
import { counted, SIZES, total } from './requests.ts'

const CLIENT = new URL('./apps/grpc-client.js', import.meta.url)
const SERVER = new URL('./apps/grpc-server.js', import.meta.url)
const OBSERVER = fileURLToPath(new URL('./apps/client-exchanges.js', import.meta.url))

/** The prefix of each message: a flag of one byte, and the length in four. */
const PREFIX_BYTES = 5

/** A call as the server served it. */
interface ServedCall {
  readonly target: string
  readonly requestBytes: number
  readonly responseBytes: number
}

/** The calls in the order in which they ended at the server. */
const served: ServedCall[] = []
const size = (messages: readonly Buffer[]) =>
  messages.reduce((sum, message) => sum + PREFIX_BYTES + message.byteLength, 0)
const serve = (method: string, requests: readonly Buffer[], responses: readonly Buffer[]) =>
  served.push({ target: `/test.Words/${method}`, requestBytes: size(requests), responseBytes: size(responses) })

const method = (name: string, requestStream: boolean, responseStream: boolean) => ({
  path: `/test.Words/${name}`,
  requestStream,
  responseStream,
  requestSerialize: (bytes: Buffer) => bytes,
  requestDeserialize: (bytes: Buffer) => bytes,
  responseSerialize: (bytes: Buffer) => bytes,
  responseDeserialize: (bytes: Buffer) => bytes,
})

type Unary = grpc.handleUnaryCall<Buffer, Buffer>
type ServerStream = grpc.handleServerStreamingCall<Buffer, Buffer>
type ClientStream = grpc.handleClientStreamingCall<Buffer, Buffer>
type Bidi = grpc.handleBidiStreamingCall<Buffer, Buffer>

const echo: Unary = ({ request }, callback) => {
  serve('Echo', [request], [request])
  callback(null, request)
}
const fail: Unary = ({ request }, callback) => {
  serve('Fail', [request], [])
  callback({ code: grpc.status.NOT_FOUND, details: 'no such word' })
}
const split: ServerStream = (call) => {
  const words = call.request
    .toString()
    .split(' ')
    .map((word) => Buffer.from(word))
  serve('Split', [call.request], words)
  for (const word of words) call.write(word)
  call.end()
}
const hang: ServerStream = (call) => void call.write(Buffer.from('half'))
const join: ClientStream = (call, callback) => {
  const words: Buffer[] = []
  call.on('data', (word: Buffer) => words.push(word))
  call.on('end', () => {
    const joined = Buffer.concat(words)
    serve('Join', words, [joined])
    callback(null, joined)
  })
}
const chat: Bidi = (call) => {
  const words: Buffer[] = []
  call.on('data', (word: Buffer) => {
    words.push(word)
    call.write(word)
  })
  call.on('end', () => {
    serve('Chat', words, words)
    call.end()
  })
}

describe('calls of @grpc/grpc-js', () => {
  const server = new grpc.Server()
  let lines: string[]

  before(async () => {
    server.addService(
      {
        Echo: method('Echo', false, false),
        Fail: method('Fail', false, false),
        Split: method('Split', false, true),
        Hang: method('Hang', false, true),
        Join: method('Join', true, false),
        Chat: method('Chat', true, true),
      },
      { Echo: echo, Fail: fail, Split: split, Hang: hang, Join: join, Chat: chat },
    )
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const bound = (error: Error | null, port: number) => (error ? reject(error) : resolve(port))
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), bound)
    const app = await startApp(CLIENT, {
      preload: 'none',
      nodeOptions: ['--import', OBSERVER],
      args: [`127.0.0.1:${await promise}`],
    })
    await app.line(/^done$/)
    await app.exit()
    lines = app.stdout().split('\n')
  })
  after(() => server.forceShutdown())

  it('ends each call with the status that the server gave it', () => {
    const echoes = Array(4).fill('call Echo OK')
    const rest = ['call Fail NOT_FOUND', 'call Split OK', 'call Join OK', 'call Chat OK', 'call Hang CANCELLED']
    assert.deepEqual(
      lines.filter((line) => line.startsWith('call')),
      [...echoes, ...rest],
    )
  })

  it('observes each call of every kind as one exchange, over a shared session', () => {
    const exchanges = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
    const common = { method: 'POST', type: 'application/grpc', status: 200 }
    const cancelled = { requestBytes: 11, responseBytes: 9, outcome: 'aborted' }
    assert.deepEqual(exchanges, [
      ...served.map((call) => ({ ...common, ...call, outcome: 'complete' })),
      { ...common, ...cancelled, target: '/test.Words/Hang' },
    ])
  })
})

describe('servers of @grpc/grpc-js', () => {
  it('counts each call to a gRPC server once, with the bytes that it carried, and a cancelled one as 499', async () => {
    const app = await startApp(SERVER)
    const client = new grpc.Client(`127.0.0.1:${app.ready}`, grpc.credentials.createInsecure())
    const same = (bytes: Buffer) => bytes
    const unary = (name: string) =>
      new Promise((resolve) => {
        client.makeUnaryRequest(`/test.Words/${name}`, same, same, Buffer.from('word'), (error) => resolve(error?.code))
      })
    const ended = (call: grpc.ClientReadableStream<Buffer>) =>
      new Promise((resolve) => {
        call.on('error', () => {})
        call.on('data', () => {}).on('status', ({ code }) => resolve(code))
      })

    const { OK, NOT_FOUND, CANCELLED } = grpc.status
    assert.deepEqual(await Promise.all(['Echo', 'Echo', 'Fail'].map(unary)), [undefined, undefined, NOT_FOUND])
    const split = client.makeServerStreamRequest('/test.Words/Split', same, same, Buffer.from('a b c'))
    assert.equal(await ended(split), OK)
    const chat = client.makeBidiStreamRequest('/test.Words/Chat', same, same)
    chat.write(Buffer.from('hello'))
    chat.end()
    assert.equal(await ended(chat), OK)
    const hanging = client.makeServerStreamRequest('/test.Words/Hang', same, same, Buffer.from('word'))
    hanging.once('data', () => hanging.cancel())
    assert.equal(await ended(hanging), CANCELLED)

    const families = await app.metricsWhen((families) => total(families) === 6)
    assert.deepEqual(counted(families), { 'POST 200 unknown': 5, 'POST 499 unknown': 1 })
    const words = (...lengths: number[]) => lengths.reduce((sum, length) => sum + PREFIX_BYTES + length, 0)
    assert.deepEqual(counted(families, SIZES.request), {
      'POST 200 unknown': words(4, 4, 4, 5, 5),
      'POST 499 unknown': words(4),
    })
    assert.deepEqual(counted(families, SIZES.response), {
      'POST 200 unknown': words(4, 4, 1, 1, 1, 5),
      'POST 499 unknown': words(4),
    })
    client.close()
    await app.stop()
  })
})
