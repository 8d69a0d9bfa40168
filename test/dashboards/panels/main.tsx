/** Draws a dashboard with Grafana's own components. The bundle of this file runs in Chromium, which `picture.ts` starts. */
import 'uplot/dist/uPlot.min.css'
import './style.css'
import { createTheme, type DataFrame, dateTime, type GrafanaTheme2, ThemeContext, type TimeRange } from '@grafana/data'
import { GlobalStyles, PanelChrome } from '@grafana/ui'
import type { ComponentType } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import type { Drawing, PanelDrawing } from '../drawing.ts'
import { BarGaugePanel } from './bar-gauge-panel.tsx'
import { applyFieldConfig } from './field-config.tsx'
import { framesOf } from './frames.tsx'
import { HeatmapPanel } from './heatmap-panel.tsx'
import type { PanelProps } from './panel-props.tsx'
import { StatPanel } from './stat-panel.tsx'
import { TablePanel } from './table-panel.tsx'
import { TextPanel } from './text-panel.tsx'
import { TimeSeriesPanel } from './time-series-panel.tsx'
import { transform } from './transform.tsx'

const PANELS: Readonly<Record<string, ComponentType<PanelProps>>> = {
  bargauge: BarGaugePanel,
  heatmap: HeatmapPanel,
  stat: StatPanel,
  table: TablePanel,
  text: TextPanel,
  timeseries: TimeSeriesPanel,
}

interface ReadyPanel extends PanelDrawing {
  readonly frames: DataFrame[]
}

async function prepare(drawing: PanelDrawing, theme: GrafanaTheme2): Promise<ReadyPanel> {
  const { panel, results, stepMs } = drawing
  const tables = results.filter(({ format }) => format === 'table').length
  const frames = results.flatMap((result) => framesOf(result, stepMs, tables))
  return { ...drawing, frames: applyFieldConfig(await transform(frames, panel), panel, theme) }
}

interface ContentProps {
  readonly ready: ReadyPanel
  readonly timeRange: TimeRange
  readonly theme: GrafanaTheme2
  readonly width: number
  readonly height: number
}

function Content({ ready, timeRange, theme, width, height }: ContentProps) {
  const { panel, frames, problem } = ready
  const Drawn = PANELS[panel.type]
  if (problem === undefined && Drawn !== undefined) {
    return <Drawn panel={panel} frames={frames} timeRange={timeRange} theme={theme} width={width} height={height} />
  }
  return (
    <div className="message" style={{ width, height, color: theme.colors.text?.secondary }}>
      No data
    </div>
  )
}

function Dashboard({ ready, timeRange, theme }: { ready: ReadyPanel[]; timeRange: TimeRange; theme: GrafanaTheme2 }) {
  return ready.map((one, i) => {
    const { panel, place } = one
    const isRow = panel.type === 'row'
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: it is drawn once.
      <div key={i} className="panel" style={{ left: place.x, top: place.y, width: place.w, height: place.h }}>
        {isRow ? (
          <div className="row-title">⌄ {panel.title}</div>
        ) : (
          <PanelChrome title={panel.title ?? ''} width={place.w} height={place.h}>
            {(width, height) => (
              <Content ready={one} timeRange={timeRange} theme={theme} width={width} height={height} />
            )}
          </PanelChrome>
        )}
      </div>
    )
  })
}

async function draw({ fromMs, toMs, width, height, panels }: Drawing): Promise<void> {
  const theme = createTheme({ colors: { mode: 'dark' } })
  const [from, to] = [dateTime(fromMs), dateTime(toMs)]
  const timeRange = { from, to, raw: { from, to } }
  const ready = await Promise.all(panels.map((panel) => prepare(panel, theme)))
  document.body.style.background = theme.colors.background?.canvas ?? ''
  const root = document.createElement('div')
  root.style.cssText = `position: relative; width: ${width}px; height: ${height}px`
  document.body.replaceChildren(root)
  const react = createRoot(root)
  flushSync(() => react.render(<GlobalStyles />))
  // Grafana measures texts before it draws them.
  await Promise.all([400, 500].map((weight) => document.fonts.load(`${weight} 14px Inter`)))
  flushSync(() =>
    react.render(
      <ThemeContext.Provider value={theme}>
        <GlobalStyles />
        <Dashboard ready={ready} timeRange={timeRange} theme={theme} />
      </ThemeContext.Provider>,
    ),
  )
}

Object.assign(globalThis, { draw, drawable: Object.keys(PANELS) })
