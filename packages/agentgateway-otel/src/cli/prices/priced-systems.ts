/**
 * Where the prices come from: a maintained list under the MIT licence, in the version that `package.json` names, and the day on
 * which that was released.
 */
export const PRICE_LIST = {
  name: '@pydantic/genai-prices',
  version: '0.1.8',
  date: '2026-09-23',
  url: 'https://github.com/pydantic/genai-prices',
} as const

/** The list's provider for each `gen_ai_system` that it has prices for. */
export const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['anthropic', 'anthropic'],
  ['aws.bedrock', 'aws'],
  ['azure', 'azure'],
  ['cerebras', 'cerebras'],
  ['cohere', 'cohere'],
  ['deepseek', 'deepseek'],
  ['fireworks', 'fireworks'],
  ['gcp.gemini', 'google'],
  ['gcp.vertex_ai', 'google'],
  ['groq', 'groq'],
  ['mistral', 'mistral'],
  ['moonshot_ai', 'moonshotai'],
  ['openai', 'openai'],
  ['openrouter', 'openrouter'],
  ['perplexity', 'perplexity'],
  ['togetherai', 'together'],
  ['voyageai', 'voyageai'],
  ['xai', 'x-ai'],
])
