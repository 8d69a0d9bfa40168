import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { channel } from 'node:diagnostics_channel'
import { it } from 'node:test'
import { storesOf } from './node-internals.ts'

it('a channel has its stores as _stores', () => {
  const storage = new AsyncLocalStorage<unknown>()
  const bound = channel('agentgateway-otel.test')
  bound.bindStore(storage)
  assert.deepEqual([...(storesOf(bound)?.keys() ?? [])], [storage])
})
