import {
  type Attributes,
  type Context,
  type Counter,
  type Gauge,
  type Histogram,
  type UpDownCounter,
  ValueType,
} from '@opentelemetry/api'
import type { Cell } from './cells/cell.ts'
import { createExemplar } from './exemplars.ts'
import { admitMeasurement } from './measurement.ts'
import type { Series } from './series.ts'
import type { SyncStream } from './stream.ts'

/** A synchronous instrument. A record creates no object: it finds the cell of its series and changes it. */
class SyncInstrument {
  protected readonly series: Series<Cell>
  readonly #stream: SyncStream
  readonly #isInteger: boolean

  constructor(stream: SyncStream) {
    this.#stream = stream
    this.series = stream.series
    this.#isInteger = stream.descriptor.valueType === ValueType.INT
  }

  /**
   * Returns the value to record; undefined to record nothing. Nearly all values are plain and need no further check.
   */
  protected admit(value: number): number | undefined {
    const isPlain = typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY && !this.#isInteger
    return isPlain ? value : admitMeasurement(value, this.#stream)
  }
}

export class SumCounter extends SyncInstrument implements Counter {
  add(value: number, attributes?: Attributes): void {
    const admitted = this.admit(value)
    if (admitted !== undefined) this.series.of(attributes)?.record(admitted)
  }
}

export class SumUpDownCounter extends SyncInstrument implements UpDownCounter {
  add(value: number, attributes?: Attributes): void {
    const admitted = this.admit(value)
    if (admitted !== undefined) this.series.of(attributes)?.record(admitted)
  }
}

export class LastValueGauge extends SyncInstrument implements Gauge {
  record(value: number, attributes?: Attributes): void {
    const admitted = this.admit(value)
    if (admitted !== undefined) this.series.of(attributes)?.record(admitted)
  }
}

export class BucketHistogram extends SyncInstrument implements Histogram {
  /** @param context where the value has its exemplar from: a context with a sampled span. Default: no exemplar. */
  record(value: number, attributes?: Attributes, context?: Context): void {
    const admitted = this.admit(value)
    if (admitted === undefined) return
    const cell = this.series.of(attributes)
    if (cell === undefined) return
    cell.record(admitted)
    if (context !== undefined) this.#recordExemplar(cell, admitted, context)
  }

  #recordExemplar(cell: Cell, value: number, context: Context): void {
    const exemplar = createExemplar(value, context)
    if (exemplar !== undefined) cell.keepExemplar?.(exemplar)
  }
}
