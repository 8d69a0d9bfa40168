import assert from 'node:assert/strict'
import { it } from 'node:test'
import { AggregationTemporality, InstrumentType } from '@opentelemetry/sdk-metrics'
import { temporalityOf } from './temporality.ts'

const { DELTA, CUMULATIVE } = AggregationTemporality

/** The temporality of each kind by preference: cumulative, delta, lowmemory. */
const EXPECTED: Readonly<Record<InstrumentType, readonly AggregationTemporality[]>> = {
  [InstrumentType.COUNTER]: [CUMULATIVE, DELTA, DELTA],
  [InstrumentType.HISTOGRAM]: [CUMULATIVE, DELTA, DELTA],
  [InstrumentType.UP_DOWN_COUNTER]: [CUMULATIVE, CUMULATIVE, CUMULATIVE],
  [InstrumentType.OBSERVABLE_COUNTER]: [CUMULATIVE, DELTA, CUMULATIVE],
  [InstrumentType.OBSERVABLE_UP_DOWN_COUNTER]: [CUMULATIVE, CUMULATIVE, CUMULATIVE],
  [InstrumentType.GAUGE]: [CUMULATIVE, DELTA, CUMULATIVE],
  [InstrumentType.OBSERVABLE_GAUGE]: [CUMULATIVE, DELTA, CUMULATIVE],
}

for (const kind of Object.values(InstrumentType)) {
  it(`exports ${kind} in the temporality that the specification gives to each preference`, () => {
    const actual = (['cumulative', 'delta', 'lowmemory'] as const).map((preference) => temporalityOf(kind, preference))
    assert.deepEqual(actual, EXPECTED[kind])
  })
}
