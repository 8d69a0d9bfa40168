// Makes calls of every kind with @grpc/grpc-js, and prints the status of each.
import grpc from '@grpc/grpc-js'

console.log('ready')
const client = new grpc.Client(process.argv[2], grpc.credentials.createInsecure())
const same = (bytes) => bytes
const report = (call, error) => console.log(`call ${call} ${grpc.status[error?.code ?? 0]}`)

const unary = (method, text, options = {}) =>
  new Promise((resolve) => {
    const path = `/test.Words/${method}`
    client.makeUnaryRequest(path, same, same, Buffer.from(text), new grpc.Metadata(), options, (error) => {
      report(method, error)
      resolve()
    })
  })

/** Resolves with the call's error, or with nothing, when the call has ended. */
const ended = (method, call) =>
  new Promise((resolve) => {
    let failure
    call.on('data', () => {})
    call.on('error', (error) => {
      failure = error
    })
    call.on('status', () => {
      report(method, failure)
      resolve()
    })
  })

await Promise.all(['one', 'two', 'three'].map((text) => unary('Echo', text)))
await unary('Echo', 'four')
await unary('Fail', 'five')

const streamed = client.makeServerStreamRequest('/test.Words/Split', same, same, Buffer.from('a b c'))
await ended('Split', streamed)

await new Promise((resolve) => {
  const call = client.makeClientStreamRequest('/test.Words/Join', same, same, (error) => {
    report('Join', error)
    resolve()
  })
  for (const word of ['a', 'b', 'c']) call.write(Buffer.from(word))
  call.end()
})

const both = client.makeBidiStreamRequest('/test.Words/Chat', same, same)
const chat = ended('Chat', both)
for (const word of ['hello', 'goodbye']) both.write(Buffer.from(word))
both.end()
await chat

const cancelled = client.makeServerStreamRequest('/test.Words/Hang', same, same, Buffer.from('cancel'))
cancelled.once('data', () => cancelled.cancel())
await ended('Hang', cancelled)

client.close()
console.log('done')
