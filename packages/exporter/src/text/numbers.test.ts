import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { boundText, numberText } from './numbers.ts'
import { PiecePool, TextBuffer } from './text-buffer.ts'

const written = (value: number) => {
  const out = new TextBuffer(new PiecePool())
  out.beginSample('x', '')
  out.writeNumber(value)
  return out.takeLast().toString()
}

describe('the numbers of both formats', () => {
  it('are those of JavaScript, but for infinity', () => {
    const values = [0, -0, 1, 9, 10, 123_456_789_012, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 1e21, 0.1, 5e-324, -1, -2.5]
    for (const value of [...values, Number.NaN, Number.MAX_VALUE]) {
      assert.equal(numberText(value), String(value))
      assert.equal(written(value), `x ${value}`)
    }
    assert.deepEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(written), ['x +Inf', 'x -Inf'])
  })

  it('are in the canonical form of OpenMetrics where they are bounds', () => {
    const forms: [number, string][] = [
      [1, '1.0'],
      [0, '0.0'],
      [-5, '-5.0'],
      [0.001, '0.001'],
      [0.00025, '0.00025'],
      [0.00001, '1e-05'],
      [1e-10, '1e-10'],
      [327.68, '327.68'],
      [262_144, '262144.0'],
      [1_000_000, '1e+06'],
      [1_048_576, '1.048576e+06'],
      [67_108_864, '6.7108864e+07'],
      [1e100, '1e+100'],
      [Number.POSITIVE_INFINITY, '+Inf'],
    ]
    for (const [bound, text] of forms) assert.equal(boundText(bound, 'openmetrics'), text)
    assert.deepEqual(
      [1, 67_108_864, 0.25].map((bound) => boundText(bound, 'text')),
      ['1', '67108864', '0.25'],
    )
  })
})
