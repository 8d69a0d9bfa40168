/** Writes the sections of the documents that derive from the code: `pnpm generate` runs this. */
import { readFileSync, writeFileSync } from 'node:fs'
import { agentsTable } from './agents-table.ts'
import { commandsTable } from './commands-table.ts'
import { comparedRoutesTable } from './compared-routes-table.ts'
import {
  configurationTable,
  openTelemetryVariablesTable,
  otherVariablesTable,
  ownVariablesTable,
} from './configuration-tables.ts'
import { composeDashboards, dashboardManifests, generatedManifests, ruleManifests } from './deployments.ts'
import { doctorFindingsTable } from './doctor-findings-table.ts'
import { endpointBoundsTable } from './endpoint-bounds-table.ts'
import { formatsTable } from './formats-table.ts'
import { frameworksTable } from './frameworks-table.ts'
import { boundsTable, bucketsTable } from './limits-tables.ts'
import { withSection, withYamlLines } from './marked-section.ts'
import { defaultMetricsReference, groupReference } from './metrics-reference.ts'
import { defaultMetricsTable, optionalMetricsTable } from './metrics-table.ts'
import { alertsTable, recordedTable } from './rules-tables.ts'

const ROOT = new URL('../../README.md', import.meta.url)
const DISTRIBUTION = new URL('../../packages/agentgateway-otel/README.md', import.meta.url)
const EXPORTER = new URL('../../packages/exporter/README.md', import.meta.url)
const CONFIGURATION = new URL('../../docs/configuration.md', import.meta.url)
const METRICS = new URL('../../docs/metrics.md', import.meta.url)
const TROUBLESHOOTING = new URL('../../docs/troubleshooting.md', import.meta.url)
const HTTP = new URL('../../packages/instrumentation-http/README.md', import.meta.url)
const LLM = new URL('../../packages/instrumentation-llm/README.md', import.meta.url)
const DASHBOARDS = new URL('../../packages/dashboards/README.md', import.meta.url)
const COMPOSE = new URL('../../examples/docker-compose/docker-compose.yml', import.meta.url)
const COMPONENTS = new URL('../../examples/kubernetes/components/', import.meta.url)

/** The generated sections: each is named by its marks in the document. */
const SECTIONS: readonly { url: URL; name: string; text: () => string }[] = [
  { url: ROOT, name: 'metrics', text: defaultMetricsTable },
  { url: DISTRIBUTION, name: 'metrics', text: defaultMetricsTable },
  { url: EXPORTER, name: 'bounds', text: endpointBoundsTable },
  { url: HTTP, name: 'frameworks', text: frameworksTable },
  { url: HTTP, name: 'compared routes', text: comparedRoutesTable },
  { url: LLM, name: 'formats', text: formatsTable },
  { url: DISTRIBUTION, name: 'optional metrics', text: optionalMetricsTable },
  { url: ROOT, name: 'buckets', text: bucketsTable },
  { url: ROOT, name: 'bounds', text: boundsTable },
  { url: ROOT, name: 'configuration', text: configurationTable },
  { url: DISTRIBUTION, name: 'configuration', text: configurationTable },
  { url: DISTRIBUTION, name: 'agents', text: agentsTable },
  { url: DISTRIBUTION, name: 'commands', text: commandsTable },
  { url: TROUBLESHOOTING, name: 'findings', text: doctorFindingsTable },
  { url: CONFIGURATION, name: 'opentelemetry variables', text: openTelemetryVariablesTable },
  { url: CONFIGURATION, name: 'own variables', text: ownVariablesTable },
  { url: CONFIGURATION, name: 'other variables', text: otherVariablesTable },
  { url: METRICS, name: 'HTTP metrics', text: () => defaultMetricsReference('http') },
  { url: METRICS, name: 'connection metrics', text: () => defaultMetricsReference('connection') },
  { url: METRICS, name: 'MCP metrics', text: () => defaultMetricsReference('mcp') },
  { url: METRICS, name: 'LLM metrics', text: () => defaultMetricsReference('llm') },
  ...['genai', 'mcp', 'semconv', 'proxy'].map((group) => ({
    url: METRICS,
    name: `${group} metrics`,
    text: () => groupReference(group),
  })),
  { url: DASHBOARDS, name: 'alerts', text: alertsTable },
  { url: DASHBOARDS, name: 'recorded', text: recordedTable },
]

const resources = (manifests: readonly { file: string }[]) => manifests.map(({ file }) => `- ${file}`)

/** The generated lines of YAML: each list is named by its comments in the document. */
const LISTS: readonly { url: URL; name: string; lines: () => readonly string[] }[] = [
  { url: COMPOSE, name: 'dashboards', lines: composeDashboards },
  {
    url: new URL('grafana/kustomization.yaml', COMPONENTS),
    name: 'dashboards',
    lines: () => resources(dashboardManifests()),
  },
  {
    url: new URL('prometheus-operator/kustomization.yaml', COMPONENTS),
    name: 'rules',
    lines: () => resources(ruleManifests()),
  },
]

/** Returns what each document that is generated, or has generated sections, has to be, by its URL. */
export function generatedDocuments(): ReadonlyMap<string, string> {
  const documents = new Map<string, string>(generatedManifests())
  for (const { url, name, text } of SECTIONS) {
    const document = documents.get(url.href) ?? readFileSync(url, 'utf8')
    documents.set(url.href, withSection(document, name, text()))
  }
  for (const { url, name, lines } of LISTS) {
    documents.set(url.href, withYamlLines(readFileSync(url, 'utf8'), name, lines()))
  }
  return documents
}

if (import.meta.main) {
  for (const [url, document] of generatedDocuments()) writeFileSync(new URL(url), document)
}
