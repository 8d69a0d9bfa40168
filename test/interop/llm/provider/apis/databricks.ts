import type { Api } from '../api.ts'
import { mistral } from './openai-chat.ts'

/** https://docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference: a stream always has the usage. */
export const databricks: Api = { ...mistral, path: /\/serving-endpoints\/(?<model>[^/]+)\/invocations$/ }
