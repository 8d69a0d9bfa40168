import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock'
import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { AnthropicBedrock, AnthropicBedrockMantle } from '@anthropic-ai/bedrock-sdk'
import Anthropic from '@anthropic-ai/sdk'
import { AnthropicVertex } from '@anthropic-ai/vertex-sdk'
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime'
import { GoogleGenAI } from '@google/genai'
import { Mistral } from '@mistralai/mistralai'
import { createGateway, generateText, type LanguageModel } from 'ai'
import { CohereClientV2 } from 'cohere-ai'
import Groq from 'groq-sdk'
import { Ollama } from 'ollama'
import OpenAI, { AzureOpenAI, BedrockOpenAI } from 'openai'
import { createSystems } from '../../../packages/instrumentation-llm/src/systems.ts'

const systems = createSystems()
const apiKey = 'none'
const prompt = 'hi'
const messages = [{ role: 'user' as const, content: prompt }]
const aws = { awsAccessKey: 'none', awsSecretKey: 'none' }

/** Thrown instead of making a request. No SDK retries it, since it is no status and looks like an abort. */
class RequestPrevented extends Error {
  override readonly name = 'AbortError'
}

let host: string | undefined
/** Replaces `fetch`: keeps the host that an SDK would call, and makes no request. */
const fetch: typeof globalThis.fetch = async (input) => {
  host = new URL(input instanceof Request ? input.url : input).host
  throw new RequestPrevented()
}

/** Returns the host that an SDK would call. */
async function hostOf(call: () => unknown): Promise<string> {
  host = undefined
  await Promise.resolve(call()).catch(() => {})
  assert.ok(host, 'no request was made')
  return host
}

const generate = (model: LanguageModel) => generateText({ model, prompt, maxRetries: 0 })
const openai = (client: OpenAI) => client.responses.create({ model: 'm', input: prompt })
const claude = (client: { messages: Pick<Anthropic['messages'], 'create'> }) =>
  client.messages.create({ model: 'm', max_tokens: 1, messages })
const genai = (client: GoogleGenAI) => client.models.generateContent({ model: 'gemini-3-pro', contents: prompt })
const vertex = { vertexai: true, project: 'p', googleAuthOptions: { authClient: offlineCredentials() } } as const

/** Each SDK without a base URL, the system that its default host belongs to, and a call with it. */
const DEFAULTS: readonly (readonly [sdk: string, system: string, call: () => unknown])[] = [
  ['openai', 'openai', () => openai(new OpenAI({ apiKey, fetch, maxRetries: 0 }))],
  [
    'openai, on Azure',
    'azure',
    () =>
      openai(
        new AzureOpenAI({ apiKey, apiVersion: '1', endpoint: 'https://mine.openai.azure.com', fetch, maxRetries: 0 }),
      ),
  ],
  [
    'openai, on Bedrock',
    'aws.bedrock',
    () => openai(new BedrockOpenAI({ apiKey, awsRegion: 'us-west-2', fetch, maxRetries: 0 })),
  ],
  ['@anthropic-ai/sdk', 'anthropic', () => claude(new Anthropic({ apiKey, fetch, maxRetries: 0 }))],
  [
    '@anthropic-ai/bedrock-sdk',
    'aws.bedrock',
    () => claude(new AnthropicBedrock({ ...aws, awsRegion: 'eu-west-1', fetch, maxRetries: 0 })),
  ],
  [
    '@anthropic-ai/bedrock-sdk, Mantle',
    'aws.bedrock',
    () => claude(new AnthropicBedrockMantle({ apiKey, awsRegion: 'us-east-1', fetch, maxRetries: 0 })),
  ],
  ...['us-east5', 'global', 'us', 'eu'].map(
    (region) =>
      [
        `@anthropic-ai/vertex-sdk in ${region}`,
        'gcp.vertex_ai',
        () =>
          claude(
            new AnthropicVertex({ region, projectId: 'p', authClient: offlineCredentials(), fetch, maxRetries: 0 }),
          ),
      ] as const,
  ),
  ['@google/genai', 'gcp.gemini', () => genai(new GoogleGenAI({ apiKey }))],
  ...['us-central1', 'global', 'us', 'eu'].map(
    (location) =>
      [
        `@google/genai on Vertex AI in ${location}`,
        'gcp.vertex_ai',
        () => genai(new GoogleGenAI({ ...vertex, location })),
      ] as const,
  ),
  ['@mistralai/mistralai', 'mistral', () => new Mistral({ apiKey }).chat.complete({ model: 'm', messages })],
  ...(['us', 'eu'] as const).map(
    (server) =>
      [
        `@mistralai/mistralai, ${server}`,
        'mistral',
        () => new Mistral({ apiKey, server }).chat.complete({ model: 'm', messages }),
      ] as const,
  ),
  [
    'cohere-ai',
    'cohere',
    // Its default timeout would keep the process alive for five minutes.
    () => new CohereClientV2({ token: apiKey }).chat({ model: 'm', messages }, { maxRetries: 0, timeoutInSeconds: 1 }),
  ],
  [
    'groq-sdk',
    'groq',
    () => new Groq({ apiKey, fetch, maxRetries: 0 }).chat.completions.create({ model: 'm', messages }),
  ],
  ['ollama', 'ollama', () => new Ollama({ fetch }).chat({ model: 'm', messages })],
  [
    'ollama in the cloud',
    'ollama',
    () => new Ollama({ fetch, host: 'https://ollama.com' }).chat({ model: 'm', messages }),
  ],
  ['@ai-sdk/openai', 'openai', () => generate(createOpenAI({ apiKey, fetch })('m'))],
  ['@ai-sdk/anthropic', 'anthropic', () => generate(createAnthropic({ apiKey, fetch })('m'))],
  ['@ai-sdk/google', 'gcp.gemini', () => generate(createGoogleGenerativeAI({ apiKey, fetch })('m'))],
  ...['us-east-1', 'cn-north-1', 'us-gov-west-1', 'us-iso-east-1', 'us-isob-east-1', 'eu-isoe-west-1'].map(
    (region) =>
      [
        `@ai-sdk/amazon-bedrock in ${region}`,
        'aws.bedrock',
        () => generate(createAmazonBedrock({ apiKey, region, fetch })('m')),
      ] as const,
  ),
  ['the gateway of ai', 'vercel', () => generate(createGateway({ apiKey, fetch })('m'))],
]

describe('the system of the default host of an SDK:', () => {
  before(() => {
    globalThis.fetch = fetch
  })

  for (const [sdk, system, call] of DEFAULTS) {
    it(`${sdk} is ${system}`, async () => {
      const calledHost = await hostOf(call)
      assert.equal(systems.of(calledHost), system, calledHost)
    })
  }

  /** One region of each partition that the SDK has. */
  const REGIONS = ['us-east-1', 'us-gov-west-1', 'cn-north-1', 'eusc-de-east-1', 'us-iso-east-1', 'us-isob-east-1']
  for (const Region of [...REGIONS, 'eu-isoe-west-1', 'us-isof-south-1']) {
    for (const [UseFIPS, UseDualStack] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const options = `${UseFIPS ? ' with FIPS' : ''}${UseDualStack ? ' with dual stack' : ''}`
      it(`@aws-sdk/client-bedrock-runtime is aws.bedrock in ${Region}${options}`, (test) => {
        const { endpointProvider } = new BedrockRuntimeClient({ region: Region }).config
        let calledHost: string
        try {
          calledHost = endpointProvider({ Region, UseFIPS, UseDualStack }).url.host
        } catch (error) {
          // Some partitions have no such hosts.
          assert.match(String(error), /does not support/)
          return test.skip(String(error))
        }
        assert.equal(systems.of(calledHost), 'aws.bedrock', calledHost)
      })
    }
  }
})

/** Returns credentials of Google that need no request. */
function offlineCredentials(): never {
  return { getRequestHeaders: async () => new Headers(), request: async () => ({}) } as never
}
