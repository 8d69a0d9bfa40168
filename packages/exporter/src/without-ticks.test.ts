import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { withoutTicks } from './without-ticks.ts'

describe('withoutTicks', () => {
  const ordinary = Object.getOwnPropertyDescriptor(process, 'nextTick') as PropertyDescriptor
  afterEach(() => void Object.defineProperty(process, 'nextTick', ordinary))

  it('runs the ticks of the work as soon as the work is done', () => {
    const done: string[] = []
    withoutTicks(() => {
      process.nextTick((name: string) => {
        done.push(name)
        assert.equal(process.nextTick, ordinary.value)
      }, 'tick')
      done.push('work')
    })
    assert.deepEqual(done, ['work', 'tick'])
  })

  it('puts back the nextTick that was there, also when the work throws', () => {
    const failure = new Error('no work today')
    const appsNextTick = () => assert.fail('called')
    process.nextTick = appsNextTick
    assert.throws(
      () =>
        withoutTicks(() => {
          process.nextTick(() => assert.fail('a tick of work that threw'))
          throw failure
        }),
      failure,
    )
    assert.equal(process.nextTick, appsNextTick)
  })

  it('runs the work also where nextTick cannot be replaced', () => {
    Object.defineProperty(process, 'nextTick', { get: () => ordinary.value, configurable: true })
    let works = 0
    withoutTicks(() => void works++)
    assert.equal(works, 1)
  })
})
