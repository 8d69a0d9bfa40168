/** How the messages of one gRPC method have what is counted: the numbers of the fields. */
export interface GrpcMethod {
  /** What the API's documentation calls it. The README's table of formats shows it. */
  readonly name: string
  /** `gen_ai_operation_name`: one of the values in the table of metrics. */
  readonly operation: string
  /** The end of the path; `…` stands for the version before. */
  readonly paths: readonly string[]
  /** In the request: the resource's name of the model. */
  readonly requestModel: number
  /** In a message of the response: the model, and the usage. */
  readonly responseModel?: number
  readonly usage?: number
  /** In the usage: the counts, by their names in JSON. */
  readonly counts: Readonly<Record<string, number>>
  /** In the usage: the lists of counts by modality, by their names in JSON. */
  readonly lists: Readonly<Record<string, number>>
  /** From a message of the response to the parts of its content. */
  readonly content?: readonly number[]
}

/** Of google.ai.generativelanguage.v1beta/generative_service.proto, of 2026-09. */
const googleAi = {
  requestModel: 1,
  counts: {
    promptTokenCount: 1,
    candidatesTokenCount: 2,
    cachedContentTokenCount: 4,
    toolUsePromptTokenCount: 8,
    thoughtsTokenCount: 10,
  },
  lists: { promptTokensDetails: 5, candidatesTokensDetails: 7 },
}

/** Of google.cloud.aiplatform.v1/prediction_service.proto, of 2026-09. */
const vertexAi = {
  counts: {
    promptTokenCount: 1,
    candidatesTokenCount: 2,
    cachedContentTokenCount: 5,
    toolUsePromptTokenCount: 13,
    thoughtsTokenCount: 14,
  },
  lists: { promptTokensDetails: 9, candidatesTokensDetails: 11 },
}

/** All methods that are calls. */
export const GRPC_METHODS: readonly GrpcMethod[] = [
  {
    ...googleAi,
    name: 'Gemini over gRPC',
    operation: 'generate_content',
    paths: ['GenerativeService/GenerateContent', 'GenerativeService/StreamGenerateContent'].map(ofGoogleAi),
    responseModel: 4,
    usage: 3,
    content: [1, 1, 1],
  },
  {
    ...googleAi,
    name: 'Gemini embeddings over gRPC',
    operation: 'embeddings',
    paths: ['GenerativeService/EmbedContent', 'GenerativeService/BatchEmbedContents'].map(ofGoogleAi),
  },
  {
    ...vertexAi,
    name: 'Vertex AI over gRPC',
    operation: 'generate_content',
    paths: ['PredictionService/GenerateContent', 'PredictionService/StreamGenerateContent'].map(ofVertexAi),
    requestModel: 5,
    responseModel: 11,
    usage: 4,
    content: [2, 2, 2],
  },
  {
    ...vertexAi,
    name: 'Vertex AI embeddings over gRPC',
    operation: 'embeddings',
    paths: ['PredictionService/EmbedContent'].map(ofVertexAi),
    requestModel: 1,
    usage: 2,
  },
]

function ofGoogleAi(method: string): string {
  return `/google.ai.generativelanguage.….${method}`
}

function ofVertexAi(method: string): string {
  return `/google.cloud.aiplatform.….${method}`
}

const PATTERNS = GRPC_METHODS.flatMap((method) =>
  method.paths.map((path) => {
    const [start = '', end = ''] = path.split('…')
    return { method, start, end }
  }),
)

/** Finds the method of a gRPC request by its path. */
export const findGrpcMethod = (path: string): GrpcMethod | undefined =>
  PATTERNS.find(({ start, end }) => path.startsWith(start) && path.endsWith(end))?.method
