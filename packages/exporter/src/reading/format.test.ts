import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { age, bytes, count, number, percent, seconds } from './format.ts'

describe('numbers as people read them', () => {
  const CASES: readonly (readonly [(value: number) => string, Readonly<Record<string, number>>])[] = [
    [count, { '0': 0, '1,234': 1234, '999,999': 999_999, '1.23M': 1_234_567, '–': Number.NaN }],
    [number, { '0': 0, '<0.01': 0.001, '0.046': 0.0461, '12.3': 12.345, '12.3K': 12_345 }],
    [percent, { '0%': 0, '100%': 1, '<0.1%': 0.0001, '12%': 0.1234, '–': Number.NaN }],
    [seconds, { '0 s': 0, '350 µs': 0.00035, '12.3 ms': 0.01234, '4.5 s': 4.5, '2 min': 120 }],
    [bytes, { '0 B': 0, '999 B': 999, '1.5 kB': 1500, '2 MB': 2e6, '3,000,000 PB': 3e21 }],
    [age, { '0 s': -5, '59 s': 59_000, '2 min': 120_000, '3 h 20 min': 12_000_000, '1 d': 86_400_000 }],
  ]
  for (const [format, texts] of CASES) {
    it(`are ${Object.keys(texts).join(', ')}`, () => {
      for (const [text, value] of Object.entries(texts)) assert.equal(format(value), text)
    })
  }
})
