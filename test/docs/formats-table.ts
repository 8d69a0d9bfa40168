import { readFileSync, writeFileSync } from 'node:fs'
import type { Format } from '../../packages/instrumentation-llm/src/formats/format.ts'
import { FORMATS } from '../../packages/instrumentation-llm/src/formats/index.ts'
import { markdownTable } from './markdown-table.ts'

/** The document that shows the table, between the marks `<!-- formats… -->` and `<!-- /formats -->`. */
export const DOCUMENT = new URL('../../packages/instrumentation-llm/README.md', import.meta.url)

const MARKED = /(?<=<!-- formats[^>]*-->\n)[\s\S]*?(?=<!-- \/formats -->)/

/** Returns the document with the table of LLM formats as the list of formats has them. */
export function withFormatsTable(document: string): string {
  if (!MARKED.test(document)) throw new Error('no marks for the table of formats')
  // The replacement is a function, since a `$` in a string would have a meaning of its own.
  return document.replace(MARKED, () => createTable())
}

/** Returns the table in Markdown, with one row for each format. */
function createTable(): string {
  const rows = FORMATS.map((format) => [
    format.name,
    format.paths.map(toCode).join(', '),
    describeRequirement(format),
    format.inputCounts.map(toCode).join(' + ') || 'none',
    format.outputCounts.map(toCode).join(' + ') || 'none',
  ])
  return markdownTable([['API', 'paths', 'is a call', 'input tokens', 'output tokens'], ...rows])
}

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

if (import.meta.main) writeFileSync(DOCUMENT, withFormatsTable(readFileSync(DOCUMENT, 'utf8')))
