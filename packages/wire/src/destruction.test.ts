import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { type DestructionListener, offDestroyed, onDestroyed } from './destruction.ts'

/** Listeners that write their number down when they are notified. */
const createListeners = (notified: number[], count: number): readonly DestructionListener[] =>
  Array.from({ length: count }, (_, i) => ({ streamDestroyed: () => void notified.push(i) }))

describe('the end of a stream', () => {
  it('is notified to the listeners that are left, once to each, in the order in which they were added', async () => {
    const steps = fc.array(fc.record({ isAdded: fc.boolean(), listener: fc.nat(5) }), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const stream = new PassThrough()
        const notified: number[] = []
        const listeners = createListeners(notified, 6)
        const left = new Set<number>()
        for (const { isAdded, listener } of taken) {
          if (isAdded && !left.has(listener)) {
            onDestroyed(stream, listeners[listener] as DestructionListener)
            left.add(listener)
          } else if (!isAdded) {
            offDestroyed(stream, listeners[listener] as DestructionListener)
            left.delete(listener)
          }
        }
        stream.destroy()
        await turn()
        assert.deepEqual(notified, [...left])
      }),
    )
  })

  it('is notified to a listener that comes after it, and to no other one again', async () => {
    const stream = new PassThrough()
    const notified: number[] = []
    const [first, late] = createListeners(notified, 2) as [DestructionListener, DestructionListener]
    onDestroyed(stream, first)
    stream.destroy()
    await turn()
    onDestroyed(stream, late)
    await turn()
    assert.deepEqual(notified, [0, 1])
  })

  it('is not notified to a listener that another one has removed meanwhile', async () => {
    const stream = new PassThrough()
    const notified: number[] = []
    const [removed] = createListeners(notified, 1) as [DestructionListener]
    onDestroyed(stream, { streamDestroyed: () => offDestroyed(stream, removed) })
    onDestroyed(stream, removed)
    stream.destroy()
    await turn()
    assert.deepEqual(notified, [])
  })
})
