import {
  cacheFieldDisplayNames,
  type DataFrame,
  type Field,
  FieldColorModeId,
  type FieldConfig,
  fieldMatchers,
  type GrafanaTheme2,
  getDisplayProcessor,
  getMinMaxAndDelta,
  ThresholdsMode,
} from '@grafana/data'
import type { Panel } from '../drawing.ts'

interface Override {
  readonly matcher: { readonly id: string; readonly options?: unknown }
  readonly properties: readonly { readonly id: string; readonly value?: unknown }[]
}

/** What a panel has that does not say otherwise, as Grafana adds it when it opens a dashboard. */
function defaultsOf(type: string): FieldConfig {
  return {
    color: { mode: type === 'timeseries' ? FieldColorModeId.PaletteClassic : FieldColorModeId.Thresholds },
    thresholds: {
      mode: ThresholdsMode.Absolute,
      steps: [
        { value: Number.NEGATIVE_INFINITY, color: 'green' },
        { value: 80, color: 'red' },
      ],
    },
  }
}

/** JSON has no infinity: the first threshold's value is null there. */
function withInfinity(config: FieldConfig): FieldConfig {
  const { thresholds } = config
  if (thresholds === undefined) return config
  const steps = thresholds.steps.map((step) => ({ ...step, value: step.value ?? Number.NEGATIVE_INFINITY }))
  return { ...config, thresholds: { ...thresholds, steps } }
}

/**
 * Gives the fields the panel's configuration: its defaults, and then each override whose matcher matches. Grafana's own function
 * for this needs a registry that only Grafana fills.
 */
export function applyFieldConfig(frames: DataFrame[], panel: Panel, theme: GrafanaTheme2): DataFrame[] {
  const { defaults = {}, overrides = [] } = panel.fieldConfig ?? {}
  let seriesIndex = 0
  const configured = frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) => {
      const config: FieldConfig = { ...defaultsOf(panel.type), ...structuredClone(defaults), ...field.config }
      for (const { matcher, properties } of overrides as readonly Override[]) {
        if (!fieldMatchers.get(matcher.id).get(matcher.options)(field, frame, frames)) continue
        for (const { id, value } of properties) setMember(config, id.split('.'), value)
      }
      const isValue = field.type === 'number'
      const state = {
        ...field.state,
        ...(isValue && { seriesIndex: seriesIndex++, range: getMinMaxAndDelta({ ...field, config }) }),
      }
      return { ...field, config: withInfinity(config), state } as Field
    }),
  }))
  for (const frame of configured) {
    for (const field of frame.fields) field.display = getDisplayProcessor({ field, theme, timeZone: 'utc' })
  }
  cacheFieldDisplayNames(configured)
  return configured
}

/** Sets a member that is named by a path, such as `custom.fillOpacity`. */
function setMember(target: object, [name = '', ...rest]: readonly string[], value: unknown): void {
  const members = target as Record<string, unknown>
  if (rest.length === 0) {
    members[name] = value
    return
  }
  members[name] ??= {}
  setMember(members[name] as object, rest, value)
}
