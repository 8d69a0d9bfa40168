/** The value of the label `gateway`, which every series has. */
export const GATEWAY = 'bench'

/**
 * Makes a server listen on a free port, and returns the port. Its connections stay open while other contestants have
 * their turns.
 */
export function listen(server) {
  server.keepAliveTimeout = 600_000
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server.address().port))
  })
}
