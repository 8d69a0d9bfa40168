import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { onFault } from '../guard.ts'
import type { WireObserver } from '../observer.ts'
import type { Pipe } from '../pipe.ts'
import { PipeRecord } from './pipe-record.ts'

/** What an observer's listener says at each input in turn; `none` has no listener, `fault` throws. */
type Verdicts = readonly (boolean | undefined | 'fault')[] | 'none' | 'fault'

/** A pipe, and all that its observers hear. */
function setUp(...observed: readonly Verdicts[]) {
  const heard: string[] = []
  const observers = observed.map(
    (verdicts): WireObserver => ({
      pipe({ side, beginning }: Pipe) {
        heard.push(`asked ${side} ${Buffer.from(beginning)}`)
        if (verdicts === 'fault') throw new Error('ours')
        if (verdicts === 'none') return undefined
        const left = [...verdicts]
        return {
          input(bytes) {
            heard.push(`input ${Buffer.from(bytes)}`)
            const verdict = left.length > 1 ? left.shift() : left[0]
            if (verdict === 'fault') throw new Error('ours')
            return verdict
          },
          output: (bytes) => void heard.push(`output ${Buffer.from(bytes)}`),
          inputEnd: () => void heard.push('inputEnd'),
          end: () => void heard.push('end'),
        }
      },
    }),
  )
  const record = new PipeRecord(
    'server',
    () => observers,
    (isWanted) => heard.push(`wanted ${isWanted}`),
  )
  return { record, heard, say: (text: string) => record.input(Buffer.from(text)) }
}

describe('PipeRecord', () => {
  it('asks at the first bytes, hands on all that comes, and says once that the output is wanted', () => {
    const { record, heard, say } = setUp([undefined, true])
    for (const part of ['', 'f', 'irst\n', 'second\n']) say(part)
    record.output(Buffer.from('answer'))
    assert.deepEqual(heard, [
      'asked server f',
      'input f',
      'input irst\n',
      'wanted true',
      'input second\n',
      'output answer',
    ])
  })

  it('says once that nobody wants it, and tells nobody anything', () => {
    const { record, heard, say } = setUp('none', 'none')
    say('a\nb\n')
    say('c\n')
    record.output(Buffer.from('d'))
    record.inputEnd()
    record.end()
    assert.deepEqual(heard, ['asked server a\nb\n', 'asked server a\nb\n', 'wanted false'])
  })

  it('is silent once all listeners have decided against it, also when they wanted it before', () => {
    const { record, heard, say } = setUp([true, false], [false])
    say('a')
    say('b')
    say('c')
    record.output(Buffer.from('d'))
    record.end()
    assert.deepEqual(heard.slice(2), ['input a', 'wanted true', 'input a', 'input b', 'wanted false'])
  })

  it('ends once, the input before the rest, and then is silent', () => {
    const { record, heard, say } = setUp([true])
    say('a\n')
    heard.length = 0
    record.end()
    record.end()
    record.inputEnd()
    say('b')
    assert.deepEqual(heard, ['inputEnd', 'end'])
  })

  it('keeps an observer’s exception from the app and from other observers', () => {
    const faults: unknown[] = []
    onFault((fault) => faults.push(fault))
    const { heard, say } = setUp('fault', ['fault', true], [undefined])
    say('a\n')
    say('b\n')
    onFault(() => {})
    assert.equal(faults.length, 2)
    assert.deepEqual(heard.slice(3), ['input a\n', 'input a\n', 'input b\n', 'wanted true', 'input b\n'])
  })
})
