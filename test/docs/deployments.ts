import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { DASHBOARD_FILES, DASHBOARDS_FOLDER, RULE_FILES } from '../examples/dashboard-files.ts'

const COMPONENTS = new URL('../../examples/kubernetes/components/', import.meta.url)
const LABELS = { app: 'agentgateway' }
const HEAD = '# Written by `pnpm generate`.\n'

/** The lines of docker-compose.yml that mount the dashboards into Grafana. */
export const composeDashboards = () =>
  DASHBOARD_FILES.map((name) => `- ../../packages/dashboards/${name}:/var/lib/grafana/dashboards/${name}:ro`)

/** A generated manifest of examples/kubernetes, and the name of its file. */
interface Manifest {
  readonly file: string
  readonly text: string
}

/** A ConfigMap for each dashboard, as one for all might be too big. */
export const dashboardManifests = (): Manifest[] =>
  DASHBOARD_FILES.map((name) => {
    const base = name.replace(/\.json$/, '')
    return {
      file: `${base}.yaml`,
      text: manifest({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: `${base}-dashboard`, labels: { ...LABELS, grafana_dashboard: '1' } },
        data: { [name]: readFileSync(join(DASHBOARDS_FOLDER, name), 'utf8') },
      }),
    }
  })

/** A PrometheusRule for each file of rules, whose content is its specification. */
export const ruleManifests = (): Manifest[] =>
  RULE_FILES.map((name) => ({
    file: name.replace(/\.rules\.yaml$/, '.prometheusrule.yaml'),
    text: manifest({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: name.replace(/\.rules\.yaml$/, ''), labels: LABELS },
      spec: parse(readFileSync(join(DASHBOARDS_FOLDER, name), 'utf8')),
    }),
  }))

/** Long texts stay on lines of their own, so that a change shows as one. */
const manifest = (content: unknown) => HEAD + stringify(content, { lineWidth: 0, aliasDuplicateObjects: false })

/** Returns what each generated manifest has to be, by its URL. */
export function generatedManifests(): ReadonlyMap<string, string> {
  const folders = { grafana: dashboardManifests(), 'prometheus-operator': ruleManifests() }
  return new Map(
    Object.entries(folders).flatMap(([folder, manifests]) =>
      manifests.map(({ file, text }) => [new URL(`${folder}/${file}`, COMPONENTS).href, text] as const),
    ),
  )
}
