import { protos as googleAi } from '@google-ai/generativelanguage'
import { protos as vertexAi } from '@google-cloud/aiplatform'
import * as grpc from '@grpc/grpc-js'
import type { ServedCall } from '../served-calls.ts'

export interface GrpcProvider {
  /** Host and port. */
  readonly address: string
  readonly served: readonly ServedCall[]
  close(): void
}

/** A message type of protobufjs. */
interface MessageType {
  decode(bytes: Uint8Array): unknown
  encode(message: unknown): { finish(): Uint8Array }
  fromObject(object: object): unknown
}

type Call = grpc.ServerUnaryCall<{ readonly model: string }, object> &
  grpc.ServerWritableStream<{ readonly model: string }, object>

const GOOGLE = googleAi.google.ai.generativelanguage.v1beta
const VERTEX = vertexAi.google.cloud.aiplatform.v1

const TEXT = 'Grüße 漢字 🎈'

const isGoogleAi = (model: string) => model.startsWith('models/')

/** The APIs of Google that are spoken over gRPC, on an ephemeral port of 127.0.0.1. The model's name says what is wrong. */
export async function startGrpcProvider(): Promise<GrpcProvider> {
  const served: ServedCall[] = []

  const begin = (operation: string, model: string): ServedCall => {
    const call: ServedCall = {
      operation,
      model: model.replace(/^.*\//, ''),
      responseModel: 'unknown',
      outcome: '',
      usage: 'none',
      hasContent: false,
    }
    served.push(call)
    return call
  }

  /**
   * The response's messages: some content, and at last the usage.
   *
   * @param hasTools whether the usage has a count for what tools returned, which that of Vertex AI has not
   */
  function messages(call: ServedCall, hasTools: boolean): readonly object[] {
    const input = 1000 + served.length
    const output = 100 + 2 * served.length
    call.responseModel = `${call.model}-2026-09`
    call.usage = 'reported'
    call.tokens = { input: input + (hasTools ? 7 : 0), output: output + 9 }
    call.details = { input_cache_read: 20, input_audio: 50, output_reasoning: 9, output_audio: 40 }
    const content = { candidates: [{ content: { role: 'model', parts: [{ text: TEXT.repeat(200) }] } }] }
    return [
      { modelVersion: call.responseModel, ...content },
      {
        ...content,
        modelVersion: call.responseModel,
        usageMetadata: {
          promptTokenCount: input,
          toolUsePromptTokenCount: 7,
          cachedContentTokenCount: 20,
          candidatesTokenCount: output,
          thoughtsTokenCount: 9,
          totalTokenCount: input + output + 16,
          promptTokensDetails: [
            { modality: 'TEXT', tokenCount: 1 },
            { modality: 'AUDIO', tokenCount: 50 },
          ],
          candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 40 }],
        },
      },
    ]
  }

  function refusal(call: ServedCall): Partial<grpc.StatusObject> | undefined {
    if (!call.model.startsWith('refuse')) return undefined
    // The clients try a stream again that has met its quota.
    call.outcome = call.model === 'refuse' ? 'RESOURCE_EXHAUSTED' : 'INVALID_ARGUMENT'
    return { code: grpc.status[call.outcome as 'INVALID_ARGUMENT'], details: 'refused' }
  }

  const generate = ({ request }: Call, callback: grpc.sendUnaryData<object>) => {
    const call = begin('generate_content', request.model)
    const refused = refusal(call)
    if (refused) return callback(refused)
    if (call.model === 'stall') {
      call.outcome = 'DEADLINE_EXCEEDED'
      return
    }
    const [, whole = {}] = messages(call, isGoogleAi(request.model))
    callback(null, whole)
  }

  const stream = (serverCall: Call) => {
    const call = begin('generate_content', serverCall.request.model)
    const refused = refusal(call)
    if (refused) return void serverCall.emit('error', refused)
    const [first = {}, last = {}] = messages(call, isGoogleAi(serverCall.request.model))
    call.hasContent = true
    serverCall.write(first)
    if (call.model === 'stall' || call.model === 'fail') {
      call.usage = 'missing'
      call.tokens = {}
      call.details = {}
    }
    if (call.model === 'stall') {
      call.outcome = 'aborted'
    } else if (call.model === 'fail') {
      call.outcome = 'INTERNAL'
      serverCall.emit('error', { code: grpc.status.INTERNAL, details: 'broken' })
    } else {
      serverCall.write(last)
      serverCall.end()
    }
  }

  const embedGoogle = ({ request }: Call, callback: grpc.sendUnaryData<object>) => {
    const call = begin('embeddings', request.model)
    call.usage = 'missing'
    callback(null, { embedding: { values: [1, 2] } })
  }

  const embedVertex = ({ request }: Call, callback: grpc.sendUnaryData<object>) => {
    const call = begin('embeddings', request.model)
    call.usage = 'reported'
    call.tokens = { input: 40 + served.length }
    call.details = { input_cache_read: 0 }
    callback(null, { embedding: { values: [1] }, usageMetadata: { promptTokenCount: call.tokens.input } })
  }

  const server = new grpc.Server()
  const add = (
    path: string,
    request: unknown,
    response: unknown,
    responseStream: boolean,
    handler: (call: Call, callback: grpc.sendUnaryData<object>) => void,
  ) => {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const [requestType, responseType] = [request as MessageType, response as MessageType]
    server.addService(
      {
        [name]: {
          path,
          requestStream: false,
          responseStream,
          requestSerialize: (message: object) => Buffer.from(requestType.encode(message).finish()),
          requestDeserialize: (bytes: Buffer) => requestType.decode(bytes),
          responseSerialize: (message: object) =>
            Buffer.from(responseType.encode(responseType.fromObject(message)).finish()),
          responseDeserialize: (bytes: Buffer) => responseType.decode(bytes),
        },
      } as grpc.ServiceDefinition,
      { [name]: handler } as unknown as grpc.UntypedServiceImplementation,
    )
  }
  const google = '/google.ai.generativelanguage.v1beta.GenerativeService'
  const vertex = '/google.cloud.aiplatform.v1.PredictionService'
  add(`${google}/GenerateContent`, GOOGLE.GenerateContentRequest, GOOGLE.GenerateContentResponse, false, generate)
  add(`${google}/StreamGenerateContent`, GOOGLE.GenerateContentRequest, GOOGLE.GenerateContentResponse, true, stream)
  add(`${google}/EmbedContent`, GOOGLE.EmbedContentRequest, GOOGLE.EmbedContentResponse, false, embedGoogle)
  add(`${google}/CountTokens`, GOOGLE.CountTokensRequest, GOOGLE.CountTokensResponse, false, (_call, callback) =>
    callback(null, { totalTokens: 4711 }),
  )
  add(`${vertex}/GenerateContent`, VERTEX.GenerateContentRequest, VERTEX.GenerateContentResponse, false, generate)
  add(`${vertex}/StreamGenerateContent`, VERTEX.GenerateContentRequest, VERTEX.GenerateContentResponse, true, stream)
  add(`${vertex}/EmbedContent`, VERTEX.EmbedContentRequest, VERTEX.EmbedContentResponse, false, embedVertex)
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  return { address: `127.0.0.1:${port}`, served, close: () => server.forceShutdown() }
}
