import { printable } from '../../printable.ts'
import { wrap } from '../terminal/width.ts'
import type { Because, ConfigReport, Derived } from './report.ts'
import type { Setting } from './setting.ts'
import type { SettingGroup } from './setting-groups.ts'

const GROUPS: Readonly<Record<SettingGroup, { readonly title: string; readonly derived: readonly (keyof Derived)[] }>> =
  {
    endpoint: { title: 'Endpoint', derived: ['metricsUrl'] },
    exporters: { title: 'Exporters', derived: ['exporters'] },
    otlp: { title: 'OTLP', derived: ['otlpUrl', 'otlpTimeoutMs'] },
    metrics: { title: 'Metrics', derived: ['metrics'] },
    names: { title: 'Names', derived: ['gateway'] },
  }

/** How the derived values are called in the text. */
const DERIVED_NAMES: Readonly<Record<keyof Derived, string>> = {
  metricsUrl: 'served at',
  exporters: 'exporters',
  otlpUrl: 'sent to',
  otlpTimeoutMs: 'time-out in ms',
  metrics: 'metrics',
  gateway: 'gateway',
}

/** What is said where there is none. */
const NOTHING: Readonly<Partial<Record<keyof Derived, string>>> = {
  metricsUrl: 'nowhere',
  exporters: 'none',
  otlpUrl: 'nowhere',
  metrics: 'none',
}

const INDENT = '  '
const GAP = '  '

/** As wide as the longest name that most apps need. A longer name has a line of its own. */
const NAME_WIDTH = 37

const SOURCE_WIDTH = 'environment'.length

/** Writes the report as an aligned table. */
export function textOfReport(report: ConfigReport, width: number): string {
  const lines = [...headLines(report, width)]
  for (const [group, { title, derived }] of Object.entries(GROUPS)) {
    lines.push('', title)
    for (const name of derived) lines.push(...derivedLines(name, report.derived[name], width))
    const isOff = group === 'otlp' && report.derived.otlpUrl.value === null
    for (const setting of report.settings) {
      if (setting.group !== group) continue
      // Of what has no effect, only what somebody has set is worth a line.
      if (isOff && setting.variable === undefined) continue
      lines.push(...settingLines(setting, width))
    }
  }
  if (report.warnings.length > 0) {
    lines.push('', 'Warnings, as the preload writes them to stderr')
    for (const warning of report.warnings) lines.push(...indented(warning, width))
  }
  return lines.map((line) => `${line}\n`).join('')
}

function headLines({ version, command, folder, hasPreload, derived }: ConfigReport, width: number): readonly string[] {
  const what = command.length === 0 ? `apps in ${folder}` : `${command.join(' ')}, in ${folder}`
  const lines = wrap(printable(`agentgateway-otel ${version} for ${what}`), width)
  if (derived.exporters.value.length === 0) return [...lines, `It is off: ${derived.exporters.because}.`]
  if (hasPreload !== false) return lines
  return [...lines, ...wrap('The command has no preload: start it with "npx agentgateway-otel run -- …".', width)]
}

/** Lays out `name: value (why)`. */
function derivedLines(name: keyof Derived, { value, because }: Because<unknown>, width: number): readonly string[] {
  // Where nothing is sent, another line says so.
  if (name === 'otlpTimeoutMs' && value === null) return []
  return indented(`${DERIVED_NAMES[name]}: ${textOfValue(value, NOTHING[name] ?? '')} (${because})`, width)
}

/** Lays out a text, with further lines indented by more. */
const indented = (text: string, width: number): readonly string[] =>
  wrap(printable(text), width - 2 * INDENT.length).map((line, i) => (i === 0 ? INDENT : INDENT + INDENT) + line)

function settingLines(setting: Setting, width: number): readonly string[] {
  const { variable, variables, file, isUsed } = setting
  // The shortest one is the one for all signals, where there are several.
  const name = variable ?? variables.toSorted((a, b) => a.length - b.length)[0] ?? ''
  const source = variable === undefined ? 'default' : (file ?? 'environment')
  const value = textOfSetting(setting)
  return hanging(name, isUsed ? value : `${value} (without effect)`, width, source)
}

function textOfSetting({ value, isHidden, variable }: Setting): string {
  // An empty list may be what was set: `none`.
  if (!isHidden) return textOfValue(value, variable === undefined ? 'not set' : 'none')
  const names = Array.isArray(value) ? value.join(', ') : ''
  return names === '' ? 'set, not shown' : `${names} (values not shown)`
}

function textOfValue(value: unknown, nothing: string): string {
  if (value === null || value === undefined || value === '') return nothing
  if (Array.isArray(value)) return value.length === 0 ? nothing : value.join(', ')
  if (typeof value !== 'object') return String(value)
  const entries = Object.entries(value).map(([key, item]) => `${key}=${String(item)}`)
  return entries.length === 0 ? nothing : entries.join('; ')
}

/** Lays out a name, a value that may take several lines, and where it comes from. */
function hanging(name: string, value: string, width: number, source = ''): readonly string[] {
  const valueWidth = Math.max(
    20,
    width - INDENT.length - NAME_WIDTH - GAP.length - (source === '' ? 0 : GAP.length + SOURCE_WIDTH),
  )
  const [first = '', ...rest] = wrap(printable(value), valueWidth)
  const head = source === '' ? first : `${first.padEnd(valueWidth)}${GAP}${printable(source)}`
  const empty = `${INDENT}${' '.repeat(NAME_WIDTH)}${GAP}`
  const lines =
    name.length > NAME_WIDTH ? [`${INDENT}${name}`, empty + head] : [INDENT + name.padEnd(NAME_WIDTH) + GAP + head]
  return [...lines, ...rest.map((line) => empty + line)]
}
