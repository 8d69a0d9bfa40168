import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { ANNOTATIONS } from './annotations.ts'
import { assemble } from './assemble.ts'
import { CONNECTIONS } from './connections.ts'
import { HTTP } from './http.ts'
import { LLM } from './llm.ts'
import { MCP_CLIENT, MCP_SERVER } from './mcp.ts'
import { OVERVIEW } from './overview.ts'
import { VARIABLES } from './variables.ts'

/** Creates the dashboard over the default metrics. */
export function createDashboard(): Dashboard {
  return assemble({
    title: 'agentgateway',
    uid: 'agentgateway-otel',
    description: 'HTTP, connections, MCP and LLM traffic of agentgateway and of Node.js apps with agentgateway-otel.',
    variables: VARIABLES,
    annotations: ANNOTATIONS,
    rows: {
      Overview: OVERVIEW,
      HTTP,
      LLM,
      'MCP servers': MCP_SERVER,
      'MCP clients': MCP_CLIENT,
      Connections: CONNECTIONS,
    },
  })
}
