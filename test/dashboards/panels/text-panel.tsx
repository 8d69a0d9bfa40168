import { renderMarkdown } from '@grafana/data'
import type { PanelProps } from './panel-props.tsx'

export function TextPanel({ panel, width, height }: Pick<PanelProps, 'panel' | 'width' | 'height'>) {
  const { mode = 'markdown', content = '' } = (panel.options ?? {}) as { mode?: string; content?: string }
  const html = mode === 'markdown' ? renderMarkdown(content) : content
  // biome-ignore lint/security/noDangerouslySetInnerHtml: the text is that of the repository's own dashboards.
  return <div className="markdown" style={{ width, height }} dangerouslySetInnerHTML={{ __html: html }} />
}
