import net from 'node:net'

/** Says this over a connection of its own, and hears the answer until the server closes it. */
export async function say(port: number, text: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1').setEncoding('latin1')
  let heard = ''
  socket.on('data', (data: string) => {
    heard += data
  })
  socket.on('error', () => {})
  socket.write(text)
  await new Promise((resolve) => socket.on('close', resolve))
  return heard
}
