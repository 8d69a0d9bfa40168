import { TableNG } from '@grafana/ui/unstable'
import type { ComponentProps } from 'react'
import type { PanelProps } from './panel-props.tsx'

type Options = Pick<ComponentProps<typeof TableNG>, 'cellHeight' | 'sortBy'> & { showHeader?: boolean }

export function TablePanel({ panel, frames, timeRange, width, height }: PanelProps) {
  const { showHeader = true, cellHeight, sortBy } = (panel.options ?? {}) as Options
  const [data] = frames
  if (data === undefined) return null
  return (
    <TableNG
      data={data}
      width={width}
      height={height}
      noHeader={!showHeader}
      timeRange={timeRange}
      {...(cellHeight && { cellHeight })}
      {...(sortBy && { sortBy })}
    />
  )
}
