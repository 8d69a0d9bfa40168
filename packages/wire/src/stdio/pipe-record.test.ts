import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { onFault } from '../guard.ts'
import type { WireObserver } from '../observer.ts'
import type { Pipe } from '../pipe.ts'
import { PipeRecord } from './pipe-record.ts'

/**
 * What an observer's listener returns for each chunk of the input in turn, the last one for all that follow. `none`: the
 * observer has no listener. `fault`: it throws.
 */
type Decisions = readonly (boolean | undefined | 'fault')[] | 'none' | 'fault'

/** Creates a record with one observer for each of the given decisions, and a list of all calls that it makes. */
function setUp(...observed: readonly Decisions[]) {
  const calls: string[] = []
  const observers = observed.map(
    (decisions): WireObserver => ({
      pipe({ side, beginning }: Pipe) {
        calls.push(`pipe ${side} ${Buffer.from(beginning)}`)
        if (decisions === 'fault') throw new Error('ours')
        if (decisions === 'none') return undefined
        const left = [...decisions]
        return {
          input(bytes) {
            calls.push(`input ${Buffer.from(bytes)}`)
            const decision = left.length > 1 ? left.shift() : left[0]
            if (decision === 'fault') throw new Error('ours')
            return decision
          },
          output: (bytes) => void calls.push(`output ${Buffer.from(bytes)}`),
          inputEnd: () => void calls.push('inputEnd'),
          end: () => void calls.push('end'),
        }
      },
    }),
  )
  const record = new PipeRecord(
    'server',
    () => observers,
    (isWanted) => calls.push(`wanted ${isWanted}`),
  )
  return { record, calls, input: (text: string) => record.input(Buffer.from(text)) }
}

describe('PipeRecord', () => {
  it('asks observers at the first bytes, passes all input on, and reports once that the output is wanted', () => {
    const { record, calls, input } = setUp([undefined, true])
    for (const part of ['', 'f', 'irst\n', 'second\n']) input(part)
    record.output(Buffer.from('out'))
    assert.deepEqual(calls, ['pipe server f', 'input f', 'input irst\n', 'wanted true', 'input second\n', 'output out'])
  })

  it('reports once that no observer wants the pipe, and passes nothing on', () => {
    const { record, calls, input } = setUp('none', 'none')
    input('a\nb\n')
    input('c\n')
    record.output(Buffer.from('d'))
    record.inputEnd()
    record.end()
    assert.deepEqual(calls, ['pipe server a\nb\n', 'pipe server a\nb\n', 'wanted false'])
  })

  it('passes nothing on once all listeners have decided against the pipe, even after one wanted the output', () => {
    const { record, calls, input } = setUp([true, false], [false])
    input('a')
    input('b')
    input('c')
    record.output(Buffer.from('d'))
    record.end()
    assert.deepEqual(calls.slice(2), ['input a', 'wanted true', 'input a', 'input b', 'wanted false'])
  })

  it('ends the input before the output, each once, and passes nothing on afterwards', () => {
    const { record, calls, input } = setUp([true])
    input('a\n')
    calls.length = 0
    record.end()
    record.end()
    record.inputEnd()
    input('b')
    assert.deepEqual(calls, ['inputEnd', 'end'])
  })

  it('keeps an exception of an observer from the app and from other observers of the pipe', () => {
    const faults: unknown[] = []
    onFault((fault) => faults.push(fault))
    const { calls, input } = setUp('fault', ['fault', true], [undefined])
    input('a\n')
    input('b\n')
    onFault(() => {})
    assert.equal(faults.length, 2)
    assert.deepEqual(calls.slice(3), ['input a\n', 'input a\n', 'input b\n', 'wanted true', 'input b\n'])
  })
})
