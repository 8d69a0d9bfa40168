import { type FieldDisplay, getDisplayValueAlignmentFactors, VizOrientation } from '@grafana/data'
import { BarGauge, BarGaugeDisplayMode, VizRepeater } from '@grafana/ui'
import type { ComponentProps } from 'react'
import { displayValuesOf } from './display-values.tsx'
import type { PanelProps } from './panel-props.tsx'

type Options = Partial<
  Pick<ComponentProps<typeof BarGauge>, 'displayMode' | 'orientation' | 'showUnfilled' | 'text'>
> & {
  readonly valueMode?: ComponentProps<typeof BarGauge>['valueDisplayMode']
  readonly namePlacement?: ComponentProps<typeof BarGauge>['namePlacement']
}

export function BarGaugePanel(props: PanelProps) {
  const { width, height, theme } = props
  const options = (props.panel.options ?? {}) as Options
  const values = displayValuesOf(props)
  const extremes = extremesOf(values)
  return (
    <VizRepeater
      getValues={() => values}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, width, height, orientation, alignmentFactors }) => (
        <BarGauge
          value={value.display}
          field={{ ...value.field, ...extremes }}
          {...displayOf(value)}
          orientation={orientation}
          displayMode={options.displayMode ?? BarGaugeDisplayMode.Gradient}
          showUnfilled={options.showUnfilled ?? true}
          {...(options.text && { text: options.text })}
          {...(options.valueMode && { valueDisplayMode: options.valueMode })}
          {...(options.namePlacement && { namePlacement: options.namePlacement })}
          alignmentFactors={alignmentFactors}
          theme={theme}
          width={width}
          height={height}
        />
      )}
      source={values}
      renderCounter={0}
      width={width}
      height={height}
      itemSpacing={8}
      minVizHeight={16}
      orientation={options.orientation ?? VizOrientation.Horizontal}
    />
  )
}

/** The bars have one scale: from nothing to the greatest value, where the panel has no limits of its own. */
function extremesOf(values: readonly FieldDisplay[]) {
  const numbers = values.map(({ display }) => display.numeric).filter(Number.isFinite)
  const { min, max } = values[0]?.field ?? {}
  return { min: min ?? Math.min(0, ...numbers), max: max ?? Math.max(...numbers) }
}

function displayOf({ view, colIndex }: FieldDisplay): Pick<ComponentProps<typeof BarGauge>, 'display'> {
  const display = colIndex === undefined ? undefined : view?.getFieldDisplayProcessor(colIndex)
  return display === undefined ? {} : { display }
}
