import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { systemOf } from './systems.ts'

describe('systemOf', () => {
  for (const [host, system] of [
    ['api.openai.com', 'openai'],
    ['eu.api.openai.com:443', 'openai'],
    ['API.Anthropic.com', 'anthropic'],
    ['my-resource.openai.azure.com', 'azure'],
    ['my-resource.services.ai.azure.com:443', 'azure'],
    ['generativelanguage.googleapis.com', 'gcp.gemini'],
    ['aiplatform.googleapis.com', 'gcp.vertex_ai'],
    ['us-central1-aiplatform.googleapis.com', 'gcp.vertex_ai'],
    ['bedrock-runtime.us-east-1.amazonaws.com', 'aws.bedrock'],
    ['api.groq.com', 'groq'],
    ['api.deepseek.com', 'deepseek'],
    ['api.mistral.ai', 'mistral'],
    ['openrouter.ai', 'openrouter'],
    ['api.together.xyz', 'togetherai'],
    ['api.x.ai', 'xai'],
    ['api.fireworks.ai', 'fireworks'],
    ['api.perplexity.ai', 'perplexity'],
  ] as const) {
    it(`knows ${host} as ${system}`, () => assert.equal(systemOf(host), system))
  }

  for (const host of [
    'localhost:8080',
    '127.0.0.1:443',
    '[::1]:11434',
    'gateway.example.com',
    'notopenai.com',
    'openai.com.example.org',
    'storage.googleapis.com',
    'abc.execute-api.us-east-1.amazonaws.com',
    '',
  ]) {
    it(`takes ${host || 'an empty host'} for custom`, () => assert.equal(systemOf(host), 'custom'))
  }
})
