import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createSystems } from './systems.ts'

const systems = createSystems()
const withHosts = createSystems(
  new Map([
    ['llm.internal', 'openai'],
    ['10.0.0.5:8000', 'vllm'],
    ['gateway.openai.com', 'mine'],
  ]),
)

describe('createSystems', () => {
  for (const [host, system] of [
    ['api.openai.com', 'openai'],
    ['eu.api.openai.com:443', 'openai'],
    ['API.Anthropic.com', 'anthropic'],
    ['my-resource.openai.azure.com', 'azure'],
    ['my-resource.services.ai.azure.com:443', 'azure'],
    ['generativelanguage.googleapis.com', 'gcp.gemini'],
    ['aiplatform.googleapis.com', 'gcp.vertex_ai'],
    ['us-central1-aiplatform.googleapis.com', 'gcp.vertex_ai'],
    ['aiplatform.us.rep.googleapis.com', 'gcp.vertex_ai'],
    ['bedrock-runtime.us-east-1.amazonaws.com', 'aws.bedrock'],
    ['bedrock-runtime-fips.us-gov-west-1.amazonaws.com:443', 'aws.bedrock'],
    ['bedrock-mantle.us-west-2.api.aws', 'aws.bedrock'],
    ['localhost:11434', 'ollama'],
    ['ollama.com', 'ollama'],
    ['ai-gateway.vercel.sh', 'vercel'],
    ['api.groq.com', 'groq'],
    ['api.deepseek.com', 'deepseek'],
    ['api.mistral.ai', 'mistral'],
    ['openrouter.ai', 'openrouter'],
    ['api.together.xyz', 'togetherai'],
    ['api.x.ai', 'xai'],
    ['api.fireworks.ai', 'fireworks'],
    ['api.perplexity.ai', 'perplexity'],
    ['my-resource.openai.azure.us', 'azure'],
    ['my-resource.openai.azure.cn', 'azure'],
    ['my-resource.cognitiveservices.azure.us', 'azure'],
    ['models.inference.ai.azure.com', 'github'],
    ['europe-west1-aiplatform.googleapis.com:443', 'gcp.vertex_ai'],
    ['bedrock-runtime.eu-west-1.api.aws', 'aws.bedrock'],
    ['bedrock-runtime-fips.us-gov-west-1.api.aws', 'aws.bedrock'],
    ['bedrock-runtime.cn-north-1.amazonaws.com.cn', 'aws.bedrock'],
    ['bedrock-runtime.eusc-de-east-1.amazonaws.eu', 'aws.bedrock'],
    ['bedrock-runtime.us-iso-east-1.c2s.ic.gov', 'aws.bedrock'],
    ['vpce-0123456789abcdef0-abcdefgh.bedrock-runtime.us-east-1.vpce.amazonaws.com', 'aws.bedrock'],
    ['aws-external-anthropic.us-west-2.api.aws', 'anthropic'],
    ['us-south.ml.cloud.ibm.com', 'ibm.watsonx.ai'],
    ['adb-1.11.azuredatabricks.net', 'databricks'],
    ['gateway.ai.cloudflare.com', 'cloudflare'],
    ['router.huggingface.co', 'huggingface'],
    ['abc.us-east-1.aws.endpoints.huggingface.cloud', 'huggingface'],
    ['api.moonshot.cn', 'moonshot_ai'],
    ['api.kimi.com', 'moonshot_ai'],
    ['open.bigmodel.cn', 'zai'],
    ['api.minimaxi.com', 'minimax'],
    ['dashscope-us.aliyuncs.com', 'dashscope'],
    ['ark.cn-beijing.volces.com', 'volcengine'],
    ['ark.ap-southeast.bytepluses.com', 'byteplus'],
    ['integrate.api.nvidia.com', 'nvidia'],
    ['oai.endpoints.kepler.ai.cloud.ovh.net', 'ovhcloud'],
    ['api.studio.nebius.ai', 'nebius'],
  ] as const) {
    it(`names the system of ${host} ${system}`, () => assert.equal(systems.of(host), system))
  }

  for (const host of [
    'localhost:8080',
    '127.0.0.1:443',
    '[::1]:11435',
    'gateway.example.com',
    'notopenai.com',
    'openai.com.example.org',
    'storage.googleapis.com',
    'abc.execute-api.us-east-1.amazonaws.com',
    'evil-openai.com',
    'openai.com:443.evil.org',
    'openai.azure.com.evil.com',
    'xn--openai.com.example',
    'bedrock-runtime.us-east-1.amazonaws.com.evil.org',
    'bedrock-runtime.us-east-1.evil.com',
    'evil.bedrock-runtime.us-east-1.amazonaws.com',
    'bedrock-runtime.a.b.amazonaws.com',
    'evilbedrock-runtime.us-east-1.amazonaws.com',
    'evil.us-central1-aiplatform.googleapis.com',
    'oss-cn-hangzhou.aliyuncs.com',
    'ark.cn-beijing.volces.com.evil.org',
    'tos.cn-beijing.volces.com',
    'databricks.com',
    'blog.databricks.com',
    'cdn-x.ai',
    '',
  ]) {
    it(`names the system of ${host || 'an empty host'} custom`, () => assert.equal(systems.of(host), 'custom'))
  }

  for (const [host, system] of [
    ['llm.internal', 'openai'],
    ['eu.LLM.internal:8443', 'openai'],
    ['10.0.0.5:8000', 'vllm'],
    ['10.0.0.5:8001', 'custom'],
    ['10.0.0.5', 'custom'],
    ['gateway.openai.com', 'mine'],
    ['api.openai.com', 'openai'],
    ['not-llm.internal', 'custom'],
  ] as const) {
    it(`names the system of ${host} ${system} if the user named hosts`, () => assert.equal(withHosts.of(host), system))
  }

  it('returns that a host is known only for those of providers and those that the user named', () => {
    assert.ok(systems.isKnown('api.openai.com') && withHosts.isKnown('10.0.0.5:8000'))
    assert.ok(!systems.isKnown('10.0.0.5:8000'))
  })
})
