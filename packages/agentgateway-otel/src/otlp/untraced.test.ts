import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { channel } from 'node:diagnostics_channel'
import { afterEach, describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { untraced } from './untraced.ts'

describe('untraced work', () => {
  const storage = new AsyncLocalStorage<unknown>()
  const connections = channel('apm:net:tcp:start')
  afterEach(() => connections.unbindStore(storage))

  it('runs, and returns what it returns, where there is no agent', () => {
    assert.equal(
      untraced(() => 5),
      5,
    )
  })

  it('has the store of dd-trace that makes no spans, also later, and leaves that of its caller alone', async () => {
    connections.bindStore(storage, (store) => store)
    await storage.run('of the caller', async () => {
      const later = untraced(async () => {
        await turn()
        return storage.getStore()
      })
      assert.equal(storage.getStore(), 'of the caller')
      assert.deepEqual(await later, { noop: true })
    })
  })
})
