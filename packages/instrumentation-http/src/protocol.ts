import { Server as HttpServer } from 'node:http'
import type { Server } from 'node:net'

/**
 * What a server speaks, as the label `protocol` of connections has it. Loading `https` and `tls` takes milliseconds, so
 * it waits for a server that may be one.
 */
export function protocolOf(server: Server): 'http' | 'https' | 'tls' | 'tcp' {
  if (server instanceof HttpServer) return 'http'
  if (!('setSecureContext' in server)) return 'tcp'
  return server instanceof process.getBuiltinModule('node:https').Server ? 'https' : 'tls'
}
