import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { CONNECTIONS } from './connections.ts'
import { HTTP } from './http.ts'
import { LLM } from './llm.ts'
import { MCP } from './mcp.ts'
import { DATASOURCE } from './panels.ts'

const ROWS = { HTTP, Connections: CONNECTIONS, MCP, LLM }

const datasource = new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus')

/**
 * The query selects all metrics: a process that only makes LLM calls or uses MCP over stdio has no series of
 * `requests`.
 */
const gateway = new QueryVariableBuilder('gateway')
  .label('Gateway')
  .description('The service: the value of OTEL_SERVICE_NAME')
  .datasource(DATASOURCE)
  .query({ query: 'label_values({__name__=~"agentgateway_.+"}, gateway)', refId: 'gateway' })
  .definition('label_values({__name__=~"agentgateway_.+"}, gateway)')
  .refresh(VariableRefresh.OnTimeRangeChanged)
  .sort(VariableSort.AlphabeticalAsc)
  .multi(true)
  .includeAll(true)
  .allValue('.*')
  .current({ text: ['All'], value: ['$__all'] })

/** Creates the dashboard in the form that Grafana imports. */
export function createDashboard(): Dashboard {
  const dashboard = new DashboardBuilder('agentgateway')
    .uid('agentgateway-otel')
    .description('HTTP, connections, MCP and LLM traffic of agentgateway and of Node.js apps with agentgateway-otel.')
    .tags(['agentgateway'])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(datasource)
    .withVariable(gateway)
  let id = 1
  for (const [title, panels] of Object.entries(ROWS)) {
    dashboard.withRow(new RowBuilder(title).id(id++))
    for (const panel of panels) dashboard.withPanel(panel.id(id++))
  }
  return dashboard.build()
}
