// Serves calls of every kind with @grpc/grpc-js. Prints its port.
import grpc from '@grpc/grpc-js'

const same = (bytes) => bytes
const method = (name, requestStream, responseStream) => ({
  path: `/test.Words/${name}`,
  ...{ requestStream, responseStream },
  ...{ requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same },
})

const server = new grpc.Server()
server.addService(
  {
    Echo: method('Echo', false, false),
    Fail: method('Fail', false, false),
    Split: method('Split', false, true),
    Hang: method('Hang', false, true),
    Chat: method('Chat', true, true),
  },
  {
    Echo: ({ request }, callback) => callback(null, request),
    Fail: (_call, callback) => callback({ code: grpc.status.NOT_FOUND }),
    Split: (call) => {
      for (const word of call.request.toString().split(' ')) call.write(Buffer.from(word))
      call.end()
    },
    Hang: (call) => call.write(Buffer.from('half')),
    Chat: (call) => call.on('data', (word) => call.write(word)).on('end', () => call.end()),
  },
)
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (_error, port) => console.log(`ready ${port}`))
