import { readFile } from 'node:fs/promises'
import type { Panel, Query } from './drawing.ts'

/** What the drawing of a dashboard needs of its JSON, which is Grafana's classic schema. */
export interface Dashboard {
  readonly title: string
  readonly panels: readonly Panel[]
  readonly templating?: { readonly list?: readonly Variable[] }
}

/** A variable of the dashboard, which a reader chooses the value of. */
export interface Variable {
  readonly name: string
  /** `query`, `custom`, `datasource`, `textbox`, `constant`, `interval`… */
  readonly type: string
  readonly includeAll?: boolean
  /** What stands for all values. Default: a regular expression for any value. */
  readonly allValue?: string | null
  readonly current?: { readonly value?: string | readonly string[] }
  /** The expression, or the values of a variable of type `custom` or `interval`, with commas between them. */
  readonly query?: unknown
}

export async function readDashboard(file: URL | string): Promise<Dashboard> {
  const dashboard = JSON.parse(await readFile(file, 'utf8')) as Dashboard
  if (!Array.isArray(dashboard.panels)) throw new Error(`${file} is no dashboard of Grafana's: it has no panels`)
  return dashboard
}

/** Returns the panel's queries that are not hidden. */
export function queriesOf(panel: Panel): readonly Query[] {
  return (panel.targets ?? []).filter(({ hide, expr }) => hide !== true && expr !== undefined)
}
