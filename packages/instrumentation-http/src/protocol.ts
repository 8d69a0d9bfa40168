import { Server as HttpServer } from 'node:http'
import type { Server } from 'node:net'

/**
 * What a server speaks, as the label `protocol` of connections has it. Loading `https`, `tls` and `http2` takes
 * milliseconds, so it waits for a server that may be one, or is done without.
 */
export function protocolOf(server: Server): 'http' | 'https' | 'tls' | 'tcp' {
  const isSecure = 'setSecureContext' in server
  // What both of http2's servers have, and no other.
  if ('updateSettings' in server) return isSecure ? 'https' : 'http'
  if (server instanceof HttpServer) return 'http'
  if (!isSecure) return 'tcp'
  return server instanceof process.getBuiltinModule('node:https').Server ? 'https' : 'tls'
}
