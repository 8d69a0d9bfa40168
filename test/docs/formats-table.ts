import type { Format } from '../../packages/instrumentation-llm/src/formats/format.ts'
import { geminiEmbed, geminiGenerate } from '../../packages/instrumentation-llm/src/formats/gemini.ts'
import { FORMATS } from '../../packages/instrumentation-llm/src/formats/index.ts'
import { GRPC_METHODS, type GrpcMethod } from '../../packages/instrumentation-llm/src/grpc/grpc-methods.ts'
import { SOCKET_FORMATS } from '../../packages/instrumentation-llm/src/sockets/index.ts'
import type { SocketFormat } from '../../packages/instrumentation-llm/src/sockets/socket-format.ts'
import { markdownTable } from './marked-section.ts'

/** What both kinds of formats say of tokens. */
type TokenFormat = Pick<Format & SocketFormat, 'inputCounts' | 'outputCounts' | 'readDetails'>

/** Returns the table of LLM formats in Markdown. */
export function formatsTable(): string {
  const rows = [
    ...FORMATS.map((format) => [
      format.name,
      format.paths.map(toCode).join(', '),
      describeRequirement(format),
      ...describeTokens(format),
      hasOutput(format) && format.hasContent ? 'yes' : '',
    ]),
    ...SOCKET_FORMATS.map((format) => [
      format.name,
      format.paths.map(toCode).join(', '),
      'each response on the WebSocket',
      ...describeTokens(format),
      'yes',
    ]),
    ...GRPC_METHODS.map((method) => [
      method.name,
      method.paths.map(toCode).join(', '),
      'always',
      ...describeGrpcTokens(method),
      method.content === undefined ? '' : 'yes',
    ]),
  ]
  const titles = ['API', 'paths', 'is a call', 'input tokens', 'output tokens', 'parts of tokens', 'first token']
  return markdownTable([titles, ...rows])
}

const describeTokens = (format: TokenFormat) => [
  format.inputCounts.map(toCode).join(' + ') || 'none',
  format.outputCounts.map(toCode).join(' + ') || 'none',
  detailsOf(format).map(toCode).join(', '),
]

/** What a gRPC method counts is what the same API counts in JSON, where it reports a usage. */
function describeGrpcTokens({ usage, operation }: GrpcMethod): readonly string[] {
  return usage === undefined
    ? ['none', 'none', '']
    : describeTokens(operation === 'embeddings' ? geminiEmbed : geminiGenerate)
}

/** Returns which parts of the tokens a format's usage may have. */
const detailsOf = (format: TokenFormat) =>
  Object.keys(format.readDetails?.({}) ?? {}).filter((detail) => hasOutput(format) || detail.startsWith('input'))

/** Whether an API returns content, which an embedding is not. */
const hasOutput = ({ outputCounts }: TokenFormat) => outputCounts.length > 0

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
