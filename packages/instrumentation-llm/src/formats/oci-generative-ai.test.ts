import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countCall, countTokens, type Script } from '../call-metrics.test-support.ts'
import { sse } from './streams.test-support.ts'

const usage = { promptTokens: 17, completionTokens: 3, totalTokens: 20 }
const message = (text: string) => ({ role: 'ASSISTANT', content: [{ type: 'TEXT', text }] })
const chatResponse = {
  apiFormat: 'GENERIC',
  timeCreated: '2026-11-25T12:00:00.000Z',
  choices: [{ index: 0, message: message('Hello.'), finishReason: 'stop' }],
  usage,
}
const events = [
  { index: 0, message: message('Hel'), pad: 'aaa' },
  { index: 0, message: message('lo "usage":{"promptTokens":9}'), pad: 'aa' },
  { message: message(''), finishReason: 'stop', pad: 'a' },
]

const call = (script: Partial<Script>): Script => ({
  target: '/20231130/actions/chat',
  host: 'inference.generativeai.us-chicago-1.oci.oraclecloud.com',
  request: {
    compartmentId: 'ocid1.compartment.oc1..a',
    servingMode: { servingType: 'ON_DEMAND', modelId: 'meta.llama-3.3-70b-instruct' },
    chatRequest: { apiFormat: 'GENERIC', messages: [{ role: 'USER', content: [{ type: 'TEXT', text: 'hi' }] }] },
  },
  status: 200,
  ...script,
})

describe('OCI Generative AI', () => {
  it('counts a whole response of OCI, with the model that the serving mode names', async () => {
    const script = call({ body: { modelId: 'ocid1.generativeaimodel.oc1..m', modelVersion: '1', chatResponse } })
    assert.deepEqual(await countCall(script), {
      gen_ai_operation_name: 'chat',
      gen_ai_system: 'oracle_cloud.generative_ai',
      gen_ai_request_model: 'meta.llama-3.3-70b-instruct',
      gen_ai_response_model: 'ocid1.generativeaimodel.oc1..m',
      error_type: '',
      usage: 'reported',
    })
    assert.deepEqual(await countTokens(script), { input: 17, output: 3 })
  })

  it('counts a whole response of OCI with a long conversation in it', async () => {
    const chatHistory = [{ role: 'USER', message: 'x'.repeat(500_000) }]
    const body = { modelId: 'm', chatResponse: { apiFormat: 'COHERE', text: 'Hello.', chatHistory, usage } }
    assert.deepEqual(await countTokens(call({ body, chunkBytes: 65_536 })), { input: 17, output: 3 })
  })

  it('counts an OCI stream by the event after its last text, however its bytes are cut', async () => {
    const body = sse(...events, { usage }, '[DONE]')
    for (let chunkBytes = 1; chunkBytes <= body.length; chunkBytes += 7) {
      assert.deepEqual(await countTokens(call({ body, chunkBytes })), { input: 17, output: 3 })
    }
  })

  it('has the usage missing for an OCI stream whose request did not ask for it', async () => {
    const { error_type, usage } = await countCall(call({ body: sse(...events), outcome: 'aborted' }))
    assert.deepEqual({ error_type, usage }, { error_type: '', usage: 'missing' })
  })

  it("counts Cohere's chat at OCI, and has the error that ended it", async () => {
    const cohere = { apiFormat: 'COHERE', text: 'Hello.', finishReason: 'ERROR_TOXIC', chatHistory: [], usage }
    for (const body of [{ modelId: 'm', chatResponse: cohere }, sse({ apiFormat: 'COHERE', text: 'Hel' }, cohere)]) {
      assert.equal((await countCall(call({ body }))).error_type, 'ERROR_TOXIC')
      assert.deepEqual(await countTokens(call({ body })), { input: 17, output: 3 })
    }
  })

  it('adds reasoning at OCI if the total shows that the completion does not include it', async () => {
    for (const [totalTokens, output] of [
      [20, 3],
      [60, 43],
    ]) {
      const reported = { ...usage, totalTokens, completionTokensDetails: { reasoningTokens: 40 } }
      const body = { modelId: 'm', chatResponse: { ...chatResponse, usage: reported } }
      assert.deepEqual(await countTokens(call({ body })), { input: 17, output })
    }
  })

  it('has the model unknown for a dedicated cluster of OCI, which is named by its endpoint', async () => {
    const request = { servingMode: { servingType: 'DEDICATED', endpointId: 'ocid1.generativeaiendpoint.oc1..e' } }
    assert.equal((await countCall(call({ request, status: 429 }))).gen_ai_request_model, 'unknown')
  })
})
