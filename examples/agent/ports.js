import net from 'node:net'

/**
 * Returns which of these ports cannot be bound and which variable to set, or undefined when all can be bound.
 *
 * @param {{ what: string, port: number, host?: string, variable: string }[]} ports a port of 0 is always free
 */
export async function portProblem(ports) {
  for (const { what, port, host, variable } of ports) {
    const code = await tryPort(port, host)
    if (code === 'EADDRINUSE')
      return `port ${port}, ${what}, is taken: end what has it, or set ${variable} to a free port`
    if (code !== undefined) return `port ${port}, ${what}, cannot be had (${code}): set ${variable} to another port`
  }
  return undefined
}

/**
 * @param {number} port
 * @param {string | undefined} host
 * @returns {Promise<string | undefined>} the error's code
 */
function tryPort(port, host) {
  const { promise, resolve } = Promise.withResolvers()
  const server = net.createServer()
  server.on('error', (/** @type {NodeJS.ErrnoException} */ error) => resolve(error.code ?? error.message))
  server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)))
  return promise
}
