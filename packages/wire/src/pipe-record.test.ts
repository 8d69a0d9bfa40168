import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Pipe, WireObserver } from './exchange.ts'
import { onFault } from './guard.ts'
import { PipeRecord } from './pipe-record.ts'

/** A pipe, and all that its observers hear. */
function setUp(...wants: readonly (boolean | 'fault')[]) {
  const heard: string[] = []
  const told = (what: string) => (bytes: Uint8Array) => void heard.push(`${what} ${Buffer.from(bytes)}`)
  const observers = wants.map(
    (want): WireObserver => ({
      pipe({ side, firstLine }: Pipe) {
        heard.push(`asked ${side} ${firstLine}`)
        if (want === 'fault') throw new Error('ours')
        if (!want) return undefined
        const [inputEnd, end] = [() => void heard.push('inputEnd'), () => void heard.push('end')]
        return { input: told('input'), output: told('output'), inputEnd, end }
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
  it('asks once the first line is whole, wherever it is cut, and hands on all that came', () => {
    const { record, heard, say } = setUp(true)
    for (const part of ['f', 'ir', 'st', '\nsecond']) say(part)
    say('\n')
    record.output(Buffer.from('answer'))
    assert.deepEqual(heard, [
      'asked server first',
      'wanted true',
      'input f',
      'input ir',
      'input st',
      'input \nsecond',
      'input \n',
      'output answer',
    ])
  })

  it('copies what is lent before the first line is whole', () => {
    const { record, heard, say } = setUp(true)
    const lent = Buffer.from('first')
    record.input(lent)
    lent.fill('x')
    say('\n')
    assert.equal(heard[0], 'asked server first')
  })

  it('says once that nobody wants it, and tells nobody anything', () => {
    const { record, heard, say } = setUp(false, false)
    say('a\nb\n')
    say('c\n')
    record.output(Buffer.from('d'))
    record.inputEnd()
    record.end()
    assert.deepEqual(heard, ['asked server a', 'asked server a', 'wanted false'])
  })

  it('asks nobody when the first line is longer than 64 KiB, in one chunk or in many', () => {
    for (const piece of [1000, 200_000]) {
      const { heard, say } = setUp(true)
      for (let i = 0; i < 200_000; i += piece) say('x'.repeat(piece))
      say('\n')
      assert.equal(heard[0], 'wanted false')
      assert.equal(heard.filter((one) => one.startsWith('asked')).length, 0)
    }
  })

  it('ends once, the input before the rest, and then is silent', () => {
    const { record, heard, say } = setUp(true)
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
    const { heard, say } = setUp('fault', true)
    say('a\n')
    onFault(() => {})
    assert.equal(faults.length, 1)
    assert.deepEqual(heard.slice(1), ['asked server a', 'wanted true', 'input a\n'])
  })
})
