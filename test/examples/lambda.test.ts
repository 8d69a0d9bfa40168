import assert from 'node:assert/strict'
import { once } from 'node:events'
import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { NODE, REGISTER } from '../harness/app.ts'
import { childEnv } from '../harness/environment.ts'
import { startProcess } from '../harness/process.ts'
import { type ExportRequest, samplesOf } from '../otlp/export-request.ts'

const EXAMPLE = fileURLToPath(new URL('../../examples/lambda', import.meta.url))
/** `AWS_LAMBDA_RIC=/…/node_modules/aws-lambda-ric/index.mjs` has the test run AWS' own client instead. */
const CLIENT = process.env.AWS_LAMBDA_RIC ?? fileURLToPath(new URL('apps/lambda-runtime.js', import.meta.url))

async function listen(listener: RequestListener) {
  const server = http.createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => {
    server.close()
    server.closeAllConnections()
  })
  return { server, host: `127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function textOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await request.toArray()).toString()
}

const callsIn = (request: ExportRequest) =>
  samplesOf(request)
    .filter(({ name }) => name === 'agentgateway_llm_requests_total')
    .reduce((sum, { value }) => sum + value, 0)

/**
 * Lambda's Runtime API, as https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html has it: the runtime asks for
 * an invocation, posts its response, and asks for the next one. Lambda freezes the process while it waits for that.
 */
async function startRuntimeApi() {
  const posted: ((post: { path: string; body: string }) => void)[] = []
  let next = Promise.withResolvers<ServerResponse>()
  const { host } = await listen(async (request, response) => {
    if (request.method === 'GET' && request.url === '/2018-06-01/runtime/invocation/next') {
      next.resolve(response)
      return
    }
    const body = await textOf(request)
    response.writeHead(202).end()
    posted.shift()?.({ path: request.url ?? '', body })
  })
  return {
    host,
    /** Waits until the runtime asks for an invocation. */
    asked: () => next.promise,
    /** Has the runtime run the handler, and returns what it posts. */
    async invoke(id: string, event: unknown) {
      const response = await next.promise
      next = Promise.withResolvers()
      const { promise, resolve } = Promise.withResolvers<{ path: string; body: string }>()
      posted.push(resolve)
      response.writeHead(200, {
        'content-type': 'application/json',
        'Lambda-Runtime-Aws-Request-Id': id,
        'Lambda-Runtime-Deadline-Ms': String(Date.now() + 600_000),
        'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:eu-central-1:123456789012:function:ask',
      })
      response.end(JSON.stringify(event))
      return promise
    },
  }
}

it('examples/lambda has sent the numbers of each invocation before its response, and the process is frozen between', async () => {
  const counted: number[] = []
  const model = await listen(async (request, response) => {
    await textOf(request)
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({
        object: 'chat.completion',
        model: 'gpt-5-mini',
        choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
      }),
    )
  })
  const collector = await listen(async (request, response) => {
    counted.push(callsIn(JSON.parse(await textOf(request))))
    response.setHeader('content-type', 'application/json')
    response.end('{}')
  })
  const lambda = await startRuntimeApi()
  const runtime = startProcess(NODE, [CLIENT, 'handler.handler'], {
    cwd: EXAMPLE,
    env: {
      ...childEnv(),
      NODE_OPTIONS: `--import ${REGISTER}`,
      AGENTGATEWAY_EXPORTERS: 'otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${collector.host}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      // No export but those of `flush` falls into the test.
      OTEL_METRIC_EXPORT_INTERVAL: '3000000',
      MODEL_URL: `http://${model.host}`,
      AWS_LAMBDA_RUNTIME_API: lambda.host,
      LAMBDA_TASK_ROOT: EXAMPLE,
      _HANDLER: 'handler.handler',
      AWS_LAMBDA_FUNCTION_NAME: 'ask',
      AWS_LAMBDA_FUNCTION_VERSION: '1',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/ask',
      AWS_LAMBDA_LOG_STREAM_NAME: 'one',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_REGION: 'eu-central-1',
    },
  })
  const ended = runtime.exit().then(({ code }) => assert.fail(`the runtime ended with ${code}: ${runtime.stderr()}`))
  // It ends by the test, too.
  ended.catch(() => {})
  for (const invocation of [1, 2, 3]) {
    const { path, body } = await Promise.race([
      lambda.invoke(`id-${invocation}`, { question: 'Is it counted?' }),
      ended,
    ])
    assert.equal(path, `/2018-06-01/runtime/invocation/id-${invocation}/response`, runtime.stderr())
    assert.deepEqual(JSON.parse(body), { answer: 'Yes.' })
    assert.equal(counted.at(-1), invocation)
    await lambda.asked()
    runtime.child.kill('SIGSTOP')
    // The collector closes connections that it has not been used by for long.
    collector.server.closeAllConnections()
    runtime.child.kill('SIGCONT')
  }
  assert.deepEqual(counted, [1, 2, 3])
  await runtime.stop('SIGKILL')
})
