import type { LabelName, LabelSetName } from '@agentgateway-otel/metrics'

/** What each label of a label set means, in a few words: the packages' READMEs say it exactly. */
type Meanings<N extends LabelSetName> = Readonly<Record<LabelName<N>, string>>

const genAi: Meanings<'llmStream'> = {
  gen_ai_operation_name: 'what the call asks for; `generate_content` where an API makes more than text',
  gen_ai_system:
    'the provider, by the host: `openai`, `anthropic`, `aws.bedrock` …; `custom` on a host that is not known',
  gen_ai_request_model: 'the model that the request names, or `unknown`',
  gen_ai_response_model: 'the model that the response names; `unknown` if there is none, as after a failure',
}
const error_type =
  "empty on success; else the HTTP status from 400 on, the type of an error in the response, `timeout`, `aborted`, or the code of the connection's error"
const role = 'the end that this process has'
const transport = 'how the messages travel'
const bind = 'the port that the server listens on, or `unix`'
const connectionProtocol = 'what is spoken over the connection; `https` also for HTTP/2 over TLS'

const genAiAttributes: Meanings<'genAiStream'> = {
  'gen_ai.operation.name': genAi.gen_ai_operation_name,
  'gen_ai.provider.name': genAi.gen_ai_system,
  'gen_ai.request.model': 'the model that the request names',
  'gen_ai.response.model': 'the model that the response names',
}
const networkAttributes: Meanings<'mcpSessionOfRole'> = {
  'network.transport': '`pipe` for stdio, else `tcp`',
  'network.protocol.name': '`http`, except over stdio',
}

const ofConfiguration = "known to the proxy's configuration alone"
const proxyGenAi: Meanings<'proxyGenAi'> = {
  ...genAi,
  bind: `of LLM calls ${ofConfiguration}`,
  listener: ofConfiguration,
  route: ofConfiguration,
  route_rule: ofConfiguration,
}

/** The meanings of all labels. A label of the table that has none does not compile. */
export const LABEL_MEANINGS: { readonly [N in LabelSetName]: Meanings<N> } = {
  http: {
    method: 'the method of the request',
    status: 'the status code that was sent; `499` when the client left before the response was complete',
    route:
      "the template of the app's framework, such as `/users/:id`; `unknown` where nothing matched or it cannot be known",
    protocol: '`mcp` for requests of MCP, else `http`',
  },
  connection: { bind, protocol: connectionProtocol },
  mcpSession: { role, transport },
  mcpRequest: {
    method: 'the method of the message',
    role,
    transport,
    resource_type: 'the kind of thing that the method concerns; empty where it concerns none of these',
    resource:
      'the name of the tool or the prompt that is called; empty for other methods, `_OTHER` for a name that no server has confirmed',
    server: "the MCP server's own name, or `unknown`",
    status:
      "`error` for an error of JSON-RPC, of a tool's result or of HTTP; `none` for notifications and for requests without a response",
  },
  llmRequest: {
    ...genAi,
    error_type,
    usage: 'whether the response reported its tokens; `none` when there was no response that could',
  },
  llmToken: { gen_ai_token_type: 'the two do not overlap, so they may be added up', ...genAi },
  llmTokenDetail: {
    gen_ai_token_type: 'a part of the input or of the output, as its name says; not to be added to the whole',
    ...genAi,
  },
  llmDuration: { ...genAi, error_type },
  llmStream: genAi,
  genAiOperation: { ...genAiAttributes, 'error.type': error_type.replace('empty', 'absent') },
  genAiStream: genAiAttributes,
  genAiUsage: { 'gen_ai.token.modality': '`audio` for the tokens that the provider calls so', ...genAiAttributes },
  mcpOperation: {
    'mcp.method.name': 'the method of the message',
    'gen_ai.operation.name': 'of MCP: `execute_tool` for the call of a tool',
    'gen_ai.tool.name': 'the tool that is called',
    'gen_ai.prompt.name': 'the prompt that is asked for',
    'error.type':
      "of MCP: the code of the JSON-RPC error, `tool_error` for a tool's result that is an error, or `_OTHER`",
    'rpc.response.status_code': 'the code of the JSON-RPC error',
    ...networkAttributes,
  },
  mcpSessionOfRole: networkAttributes,
  build: { tag: 'the version of the package' },
  proxyConnection: { bind: `of connections, ${bind}`, listener: ofConfiguration, protocol: connectionProtocol },
  proxyGenAi,
  proxyTokenUsage: {
    ...proxyGenAi,
    gen_ai_token_type: '`input` includes the tokens that were read from a cache or written to it',
  },
}
