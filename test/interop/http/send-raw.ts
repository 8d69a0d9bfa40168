import net from 'node:net'

/**
 * Sends a text over a connection of its own, and returns all that it receives until the server closes the connection.
 */
export async function sendRaw(port: number, text: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1').setEncoding('latin1')
  let received = ''
  socket.on('data', (data: string) => {
    received += data
  })
  socket.on('error', () => {})
  socket.write(text)
  await new Promise((resolve) => socket.on('close', resolve))
  return received
}
