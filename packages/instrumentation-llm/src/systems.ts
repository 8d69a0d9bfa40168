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
  ['cloudcode-pa.googleapis.com', 'gcp.gemini'],
  ['aiplatform.googleapis.com', 'gcp.vertex_ai'],
  ['githubcopilot.com', 'copilot'],
  ['cohere.ai', 'cohere'],
  ['cohere.com', 'cohere'],
  ['ai21.com', 'ai21'],
  ['baseten.co', 'baseten'],
  ['cerebras.ai', 'cerebras'],
  ['dashscope.aliyuncs.com', 'dashscope'],
  ['dashscope-intl.aliyuncs.com', 'dashscope'],
  ['deepinfra.com', 'deepinfra'],
  ['deepseek.com', 'deepseek'],
  ['groq.com', 'groq'],
  ['huggingface.co', 'huggingface'],
  ['jina.ai', 'jina'],
  ['minimax.io', 'minimax'],
  ['mistral.ai', 'mistral'],
  ['novita.ai', 'novita'],
  ['openrouter.ai', 'openrouter'],
  ['ollama.com', 'ollama'],
  ['together.ai', 'togetherai'],
  ['together.xyz', 'togetherai'],
  ['voyageai.com', 'voyageai'],
  ['x.ai', 'xai'],
  ['z.ai', 'zai'],
  ['bigmodel.cn', 'zai'],
  ['fireworks.ai', 'fireworks'],
  ['hyperbolic.xyz', 'hyperbolic'],
  ['perplexity.ai', 'perplexity'],
  ['moonshot.ai', 'moonshot'],
  ['moonshot.cn', 'moonshot'],
  ['sambanova.ai', 'sambanova'],
  ['siliconflow.cn', 'siliconflow'],
  ['siliconflow.com', 'siliconflow'],
  ['api.nvidia.com', 'nvidia'],
  ['models.github.ai', 'github'],
  ['ai-gateway.vercel.sh', 'vercel'],
])

/** Hosts that have the region in a name, and ports that tell who listens. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/^[a-z0-9-]+-aiplatform\.googleapis\.com(?::|$)/, 'gcp.vertex_ai'],
  [/^aiplatform\.[a-z0-9-]+\.rep\.googleapis\.com(?::|$)/, 'gcp.vertex_ai'],
  [/^bedrock-runtime(-fips)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?(?::|$)/, 'aws.bedrock'],
  [/^bedrock-mantle\.[a-z0-9-]+\.api\.aws(?::|$)/, 'aws.bedrock'],
  [/:11434$/, 'ollama'],
]

/** `gen_ai_system` by host, with or without a port. */
export interface Systems {
  of(host: string): string
  /** Whether a host is one of a provider's, or one that the user named. */
  knows(host: string): boolean
}

/**
 * @param hosts of the user's: `gen_ai_system` by the end of a host's name, in lower case; where it has a port, by that
 *   host and port alone. They come before those that are known.
 */
export function createSystems(hosts: ReadonlyMap<string, string> = new Map()): Systems {
  function find(host: string): string | undefined {
    const address = host.toLowerCase()
    const name = address.replace(/:\d+$/, '')
    return (
      hosts.get(address) ??
      byEnd(hosts, name) ??
      byEnd(SYSTEMS, name) ??
      SHAPES.find(([pattern]) => pattern.test(address))?.[1]
    )
  }
  return { of: (host) => find(host) ?? CUSTOM, knows: (host) => find(host) !== undefined }
}

function byEnd(systems: ReadonlyMap<string, string>, name: string): string | undefined {
  for (let end = name; end !== ''; end = end.slice(end.indexOf('.') + 1 || end.length)) {
    const system = systems.get(end)
    if (system !== undefined) return system
  }
  return undefined
}
