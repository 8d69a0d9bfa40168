import { Server as HttpServer } from 'node:http'
import type { Server } from 'node:net'

/**
 * Returns the label `protocol` of a server's connections. Loading `https`, `tls` and `http2` takes milliseconds, so it loads `https` only
 * for a server that may be of that class, and recognises the others by their members.
 */
export function protocolOf(server: Server): 'http' | 'https' | 'tls' | 'tcp' {
  const isSecure = 'setSecureContext' in server
  // Both classes of http2 servers have this method, and no other server has.
  if ('updateSettings' in server) return isSecure ? 'https' : 'http'
  if (server instanceof HttpServer) return 'http'
  if (!isSecure) return 'tcp'
  return server instanceof process.getBuiltinModule('node:https').Server ? 'https' : 'tls'
}
