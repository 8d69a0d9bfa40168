// A runtime of Lambda: it asks the Runtime API for invocations, one after the other, and runs the handler for each. It
// stands in for AWS' own client, `aws-lambda-ric`, whose installation compiles curl.
import http from 'node:http'
import { pathToFileURL } from 'node:url'

const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT } = process.env
const API = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`
const [file, name] = process.argv[2].split('.')
const { [name]: handler } = await import(pathToFileURL(`${LAMBDA_TASK_ROOT}/${file}.js`).href)

function request(method, url, body) {
  return new Promise((resolve, reject) => {
    const call = http.request(url, { method, agent: false }, async (response) => {
      const text = Buffer.concat(await response.toArray()).toString()
      resolve({ id: response.headers['lambda-runtime-aws-request-id'], text })
    })
    call.on('error', reject).end(body)
  })
}

for (;;) {
  const { id, text } = await request('GET', `${API}/next`)
  try {
    const result = await handler(JSON.parse(text), { awsRequestId: id })
    await request('POST', `${API}/${id}/response`, JSON.stringify(result))
  } catch (error) {
    const { name: errorType, message: errorMessage } = error
    await request('POST', `${API}/${id}/error`, JSON.stringify({ errorType, errorMessage }))
  }
}
