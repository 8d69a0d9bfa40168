import { Server as HttpServer } from 'node:http'
import type { Server } from 'node:net'

/**
 * Returns the label `protocol` of a server's connections. It avoids loading `https`, `tls` and `http2`, which takes
 * milliseconds: only a server that has TLS makes it load `https`.
 */
export function protocolOf(server: Server): 'http' | 'https' | 'tls' | 'tcp' {
  const isSecure = 'setSecureContext' in server
  // Only the two servers of `http2` have this method.
  if ('updateSettings' in server) return isSecure ? 'https' : 'http'
  if (server instanceof HttpServer) return 'http'
  if (!isSecure) return 'tcp'
  return server instanceof process.getBuiltinModule('node:https').Server ? 'https' : 'tls'
}
