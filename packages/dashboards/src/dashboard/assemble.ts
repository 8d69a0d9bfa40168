import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  type AnnotationQuery,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard'
import type { Panel } from './panels.ts'

interface DashboardParts {
  readonly title: string
  readonly uid: string
  readonly description: string
  readonly variables: readonly Builder<VariableModel>[]
  readonly annotations: readonly Builder<AnnotationQuery>[]
  /** The panels of each row, by the row's title. */
  readonly rows: Readonly<Record<string, readonly Panel[]>>
}

const TAG = 'agentgateway'

/** Creates a dashboard in the form that Grafana imports. Panels and rows are numbered in their order. */
export function assemble({ title, uid, description, variables, annotations, rows }: DashboardParts): Dashboard {
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .readonly()
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder('Other dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .includeVars(true)
        .keepTime(true),
    )
  for (const variable of variables) dashboard.withVariable(variable)
  dashboard.annotations([...annotations])

  const ids = new Map(
    Object.entries(rows)
      .flatMap(([row, panels]) => [row, ...panels.map((panel) => panel.title)])
      .map((name, i) => [name, i + 1]),
  )
  for (const [row, panels] of Object.entries(rows)) {
    dashboard.withRow(new RowBuilder(row).id(idOf(row)))
    for (const { title, detail, builder } of panels) {
      builder.id(idOf(title))
      if (detail !== undefined) builder.dataLinks([linkTo(detail)])
      dashboard.withPanel(builder)
    }
  }
  return dashboard.build()

  function idOf(name: string): number {
    const id = ids.get(name)
    if (id === undefined) throw new RangeError(`there is no panel ${name}`)
    return id
  }

  /** A link to one panel, with the time range and the choices of this one. */
  function linkTo(panel: string): DashboardLinkBuilder {
    return new DashboardLinkBuilder(panel)
      .type(DashboardLinkType.Link)
      .url(`/d/${uid}?viewPanel=${idOf(panel)}&\${__url_time_range}&\${__all_variables}`)
  }
}
