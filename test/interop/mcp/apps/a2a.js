// An A2A agent and its client in one process, in the version whose methods have the names of MCP's.

import { LegacyJsonRpcTransport } from '@a2a-js/sdk/compat/v0_3/client'
import { DefaultRequestHandler, InMemoryTaskStore } from '@a2a-js/sdk/server'
import { jsonRpcHandler, UserBuilder } from '@a2a-js/sdk/server/express'
import express from 'express'

const bindings = ['1.0', '0.3'].map((protocolVersion) => ({
  url: 'http://127.0.0.1/a2a',
  protocolBinding: 'JSONRPC',
  tenant: '',
  protocolVersion,
}))
const card = {
  name: 'agent',
  description: 'Does nothing.',
  version: '1.0.0',
  supportedInterfaces: bindings,
  capabilities: { streaming: true, pushNotifications: false, extensions: [], extendedAgentCard: false },
  defaultInputModes: ['text'],
  defaultOutputModes: ['text'],
  skills: [],
  securitySchemes: {},
  securityRequirements: [],
  signatures: [],
}
const executor = { execute: async () => {}, cancelTask: async () => {} }
const requestHandler = new DefaultRequestHandler(card, new InMemoryTaskStore(), executor)
const app = express()
app.use(
  '/a2a',
  jsonRpcHandler({ requestHandler, userBuilder: UserBuilder.noAuthentication, legacyCompat: { enabled: true } }),
)
const server = app.listen(0, '127.0.0.1', async () => {
  console.log('ready')
  const endpoint = `http://127.0.0.1:${server.address().port}/a2a`
  // A client that accepts both may get a stream or not.
  const fetchImpl = (url, init) =>
    fetch(url, { ...init, headers: { ...init.headers, Accept: 'application/json, text/event-stream' } })
  for (const transport of [
    new LegacyJsonRpcTransport({ endpoint }),
    new LegacyJsonRpcTransport({ endpoint, fetchImpl }),
  ]) {
    for (const method of ['getTask', 'cancelTask']) {
      await transport[method]({ id: 'no-such-task', tenant: '' }).then(
        () => console.log('found'),
        (error) => console.log(`refused ${error.constructor.name}`),
      )
    }
  }
  console.log('used')
})
