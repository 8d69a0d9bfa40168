import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Above our default port and the ports that browsers refuse, below those that Linux, macOS and Windows give out. */
const FIRST = 15_100
const LAST = 32_767

/**
 * A port on which nothing listens now, for a process that needs a fixed one. It is none of those that the operating system
 * gives out by itself: such a port may go to a connection of another test before that process binds it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST + 1)
    const server = createServer().listen(port, '127.0.0.1')
    try {
      await once(server, 'listening')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') continue
      throw error
    }
    server.close()
    await once(server, 'close')
    return port
  }
}
