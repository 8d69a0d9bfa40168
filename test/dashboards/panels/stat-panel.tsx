import { type FieldDisplay, getDisplayValueAlignmentFactors, VizOrientation } from '@grafana/data'
import { BigValue, BigValueColorMode, BigValueGraphMode, BigValueTextMode, VizRepeater } from '@grafana/ui'
import { displayValuesOf } from './display-values.tsx'
import type { PanelProps } from './panel-props.tsx'

interface StatOptions {
  readonly graphMode?: BigValueGraphMode
  readonly colorMode?: BigValueColorMode
  readonly textMode?: BigValueTextMode
  readonly orientation?: VizOrientation
  readonly wideLayout?: boolean
}

export function StatPanel(props: PanelProps) {
  const { width, height, theme } = props
  const { graphMode, colorMode, textMode, orientation, wideLayout = true } = (props.panel.options ?? {}) as StatOptions
  const values = displayValuesOf(props, graphMode !== BigValueGraphMode.None)
  return (
    <VizRepeater
      getValues={() => values}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, width, height, alignmentFactors, count }) => (
        <BigValue
          value={count === 1 && textMode !== BigValueTextMode.ValueAndName ? withoutTitle(value) : value.display}
          count={count}
          {...(value.sparkline && { sparkline: value.sparkline })}
          colorMode={colorMode ?? BigValueColorMode.Value}
          graphMode={graphMode ?? BigValueGraphMode.Area}
          textMode={textMode ?? BigValueTextMode.Auto}
          disableWideLayout={!wideLayout}
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
      itemSpacing={3}
      autoGrid={true}
      orientation={orientation ?? VizOrientation.Auto}
    />
  )
}

/** As the title of a panel with one value is the panel's own. */
const withoutTitle = ({ display }: FieldDisplay) => ({ ...display, title: '' })
