import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The package whose dashboards and rules the examples deploy. */
export const DASHBOARDS_FOLDER = fileURLToPath(new URL('../../packages/dashboards/', import.meta.url))

const files = readdirSync(DASHBOARDS_FOLDER).sort()

/** The names of the dashboards of Grafana. */
export const DASHBOARD_FILES = files.filter(
  (name) => name.endsWith('.json') && !['package.json', 'tsconfig.json'].includes(name),
)

/** The names of the files with rules of Prometheus. */
export const RULE_FILES = files.filter((name) => name.endsWith('.rules.yaml'))
