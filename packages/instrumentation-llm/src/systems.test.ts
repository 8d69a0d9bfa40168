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
  ] as const) {
    it(`knows ${host} as ${system}`, () => assert.equal(systems.of(host), system))
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
    '',
  ]) {
    it(`takes ${host || 'an empty host'} for custom`, () => assert.equal(systems.of(host), 'custom'))
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
    it(`takes ${host} for ${system} where the user has named hosts`, () => assert.equal(withHosts.of(host), system))
  }

  it('tells a known host from others', () => {
    assert.ok(systems.knows('api.openai.com') && withHosts.knows('10.0.0.5:8000'))
    assert.ok(!systems.knows('10.0.0.5:8000'))
  })
})
