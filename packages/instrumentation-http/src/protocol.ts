import http from 'node:http'
import https from 'node:https'
import type { Server } from 'node:net'
import tls from 'node:tls'

/** What a server speaks, as the label `protocol` of connections has it. */
export function protocolOf(server: Server): 'http' | 'https' | 'tls' | 'tcp' {
  if (server instanceof http.Server) return 'http'
  if (server instanceof https.Server) return 'https'
  if (server instanceof tls.Server) return 'tls'
  return 'tcp'
}
