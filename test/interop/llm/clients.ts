import type { Form } from './forms.ts'
import type { Served } from './provider/served.ts'

/** A client of LLM providers, and how it differs from others. */
export interface Client {
  readonly name: string
  /** The file in `apps/`, without its extension. */
  readonly app: string
  readonly forms: readonly Form[]
  readonly alias?: Readonly<Record<string, string>>
  /** The error code of the client's transport when the provider breaks the connection. */
  readonly cut: (request: Served) => string
  /** The `gen_ai_system` of the hosts that the client's requests name. Default: `custom`. */
  readonly systems?: Readonly<Record<string, string>>
}

const ALL: readonly Form[] = ['ES modules', 'CommonJS', 'a minified bundle']

/** A client that uses the `fetch` of Node.js. */
const FETCH = { forms: ALL, cut: () => 'UND_ERR_SOCKET' }

const cutOfNode = ({ httpVersion }: Served) => (httpVersion === '2.0' ? 'ERR_HTTP2_STREAM_ERROR' : 'ECONNRESET')
/** A client that uses `node:http` or `node:http2`. */
const NODE = { forms: ALL, cut: cutOfNode }

export const CLIENTS: readonly Client[] = [
  { name: 'openai', app: 'openai', ...FETCH },
  { name: '@anthropic-ai/sdk', app: 'anthropic', ...FETCH },
  { name: '@anthropic-ai/vertex-sdk and bedrock-sdk', app: 'anthropic-clouds', ...FETCH },
  { name: '@google/genai', app: 'google-genai', ...FETCH },
  { name: 'ai and @ai-sdk/*', app: 'ai-sdk', ...FETCH },
  { name: '@aws-sdk/client-bedrock-runtime', app: 'aws-bedrock', ...NODE },
  { name: '@mistralai/mistralai', app: 'mistral', ...FETCH },
  { name: 'cohere-ai', app: 'cohere', ...FETCH },
  { name: 'groq-sdk', app: 'groq', ...FETCH },
  { name: 'ollama', app: 'ollama', ...FETCH },
  { name: '@langchain/openai and @langchain/anthropic', app: 'langchain', ...FETCH },
  { name: '@openai/agents', app: 'openai-agents', ...FETCH },
  { name: '@azure-rest/ai-inference', app: 'azure-inference', ...NODE },
  { name: 'fetch, of APIs without a client here', app: 'rest', ...FETCH, forms: ['ES modules'] },
  {
    name: 'fetch, undici, node:http, node:https and node:http2',
    app: 'transports',
    forms: ['ES modules', 'a minified bundle'],
    cut: (request) =>
      /^(?:fetch|request)/.test(request.model) && request.httpVersion !== '2.0' ? 'UND_ERR_SOCKET' : cutOfNode(request),
    systems: { 'api.openai.com': 'openai', 'api.deepseek.com': 'deepseek', 'api.groq.com': 'groq' },
  },
  ...['openai-5', 'openai-6'].map((name) => ({ name, app: 'openai', alias: { openai: name }, ...FETCH })),
  // It depends on node-fetch.
  { name: 'openai-4', app: 'openai', alias: { openai: 'openai-4' }, ...NODE },
]

/**
 * The clients that stand for a family of providers each. `pnpm test` runs these as ES modules; `pnpm test:all` runs every
 * client in all of its forms.
 */
const FAMILIES: readonly string[] = [
  'openai',
  '@anthropic-ai/sdk',
  '@google/genai',
  '@aws-sdk/client-bedrock-runtime',
  '@mistralai/mistralai',
  'cohere-ai',
  'ollama',
  '@azure-rest/ai-inference',
  'ai and @ai-sdk/*',
  'fetch, of APIs without a client here',
]

/** Whether `pnpm test` runs this form of the client. */
export const isQuick = ({ name }: Client, form: Form) => form === 'ES modules' && FAMILIES.includes(name)
