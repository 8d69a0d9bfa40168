import type { Format } from '../../packages/instrumentation-llm/src/formats/format.ts'
import { FORMATS } from '../../packages/instrumentation-llm/src/formats/index.ts'
import { markdownTable } from './marked-section.ts'

/** Returns the table of LLM formats in Markdown. */
export function formatsTable(): string {
  const rows = FORMATS.map((format) => [
    format.name,
    format.paths.map(toCode).join(', '),
    describeRequirement(format),
    format.inputCounts.map(toCode).join(' + ') || 'none',
    format.outputCounts.map(toCode).join(' + ') || 'none',
    detailsOf(format).map(toCode).join(', '),
    hasOutput(format) && format.hasContent ? 'yes' : '',
  ])
  const titles = ['API', 'paths', 'is a call', 'input tokens', 'output tokens', 'parts of tokens', 'first token']
  return markdownTable([titles, ...rows])
}

/** Returns which parts of the tokens a format's usage may have. */
const detailsOf = (format: Format) =>
  Object.keys(format.readDetails?.({}) ?? {}).filter((detail) => hasOutput(format) || detail.startsWith('input'))

/** Whether an API returns content, which an embedding is not. */
const hasOutput = ({ outputCounts }: Format) => outputCounts.length > 0

/** Returns which requests to a format's paths are calls, in the words of the README. */
function describeRequirement(format: Format): string {
  const { isPathShared, rejectsOtherRequests, requestMembers = [], clientHeaders = [] } = format
  if (!isPathShared && !rejectsOtherRequests) return 'always'
  const members = requestMembers.map((group) => toList(group)).join(' and ')
  if (rejectsOtherRequests) return `only with ${members}`
  const header = clientHeaders.length === 0 ? '' : `the header ${toList(clientHeaders)}`
  return `shared: ${[members, header].filter((text) => text !== '').join('; ')}`
}

const toCode = (text: string) => `\`${text}\``
const toList = (names: readonly string[]) =>
  new Intl.ListFormat('en', { type: 'disjunction' }).format(names.map(toCode))
