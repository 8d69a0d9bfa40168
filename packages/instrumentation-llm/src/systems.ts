/** `gen_ai_system` of a known API's format on a host that nobody knows: a proxy, a server of one's own. */
const CUSTOM = 'custom'

/** By the end of the host's name. Names are agentgateway's where it has one. */
const SYSTEMS: ReadonlyMap<string, string> = new Map([
  ['openai.com', 'openai'],
  ['anthropic.com', 'anthropic'],
  ['openai.azure.com', 'azure'],
  ['openai.azure.us', 'azure'],
  ['openai.azure.cn', 'azure'],
  ['cognitiveservices.azure.com', 'azure'],
  ['services.ai.azure.com', 'azure'],
  ['models.ai.azure.com', 'azure'],
  ['inference.ai.azure.com', 'azure'],
  ['generativelanguage.googleapis.com', 'gcp.gemini'],
  ['aiplatform.googleapis.com', 'gcp.vertex_ai'],
  ['githubcopilot.com', 'copilot'],
  ['cohere.ai', 'cohere'],
  ['cohere.com', 'cohere'],
  ['baseten.co', 'baseten'],
  ['cerebras.ai', 'cerebras'],
  ['deepinfra.com', 'deepinfra'],
  ['deepseek.com', 'deepseek'],
  ['groq.com', 'groq'],
  ['huggingface.co', 'huggingface'],
  ['mistral.ai', 'mistral'],
  ['openrouter.ai', 'openrouter'],
  ['together.ai', 'togetherai'],
  ['together.xyz', 'togetherai'],
  ['x.ai', 'xai'],
  ['fireworks.ai', 'fireworks'],
  ['perplexity.ai', 'perplexity'],
  ['moonshot.ai', 'moonshot'],
  ['moonshot.cn', 'moonshot'],
  ['api.nvidia.com', 'nvidia'],
  ['models.github.ai', 'github'],
  ['ai-gateway.vercel.sh', 'vercel'],
])

/** Hosts that have the region in a name. */
const REGIONAL: readonly (readonly [RegExp, string])[] = [
  [/^[a-z0-9-]+-aiplatform\.googleapis\.com$/, 'gcp.vertex_ai'],
  [/^bedrock-runtime(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/, 'aws.bedrock'],
]

/** `gen_ai_system` by host, with or without a port. */
export function systemOf(host: string): string {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  for (let end = name; end !== ''; end = end.slice(end.indexOf('.') + 1 || end.length)) {
    const system = SYSTEMS.get(end)
    if (system !== undefined) return system
  }
  return REGIONAL.find(([pattern]) => pattern.test(name))?.[1] ?? CUSTOM
}
