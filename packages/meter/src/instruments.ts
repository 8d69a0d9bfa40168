import {
  type Attributes,
  type Context,
  type Counter,
  type Gauge,
  type Histogram,
  type UpDownCounter,
  ValueType,
} from '@opentelemetry/api'
import type { Histogram as HistogramValue } from '@opentelemetry/sdk-metrics'
import type { Cell } from './cells/cell.ts'
import type { GaugeCell } from './cells/gauge.ts'
import type { HistogramCell } from './cells/histogram.ts'
import type { SumCell } from './cells/sum.ts'
import { createExemplar } from './exemplars.ts'
import { admitMeasurement } from './measurement.ts'
import type { Series } from './series.ts'
import type { SyncStream } from './stream.ts'

/** A synchronous instrument. A record creates no object: it finds the cell of its series and changes it. */
class SyncInstrument<C extends Cell<number | HistogramValue>> {
  protected readonly series: Series<C>
  readonly #stream: SyncStream<C>
  readonly #isInteger: boolean

  constructor(stream: SyncStream<C>) {
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

export class SumCounter extends SyncInstrument<SumCell> implements Counter {
  add(value: number, attributes?: Attributes): void {
    const admitted = this.admit(value)
    if (admitted !== undefined) this.series.of(attributes)?.add(admitted)
  }
}

export class SumUpDownCounter extends SyncInstrument<SumCell> implements UpDownCounter {
  add(value: number, attributes?: Attributes): void {
    const admitted = this.admit(value)
    if (admitted !== undefined) this.series.of(attributes)?.add(admitted)
  }
}

export class LastValueGauge extends SyncInstrument<GaugeCell> implements Gauge {
  record(value: number, attributes?: Attributes): void {
    const admitted = this.admit(value)
    if (admitted !== undefined) this.series.of(attributes)?.set(admitted)
  }
}

export class BucketHistogram extends SyncInstrument<HistogramCell> implements Histogram {
  /** @param context where the value has its exemplar from: a context with a sampled span. Default: no exemplar. */
  record(value: number, attributes?: Attributes, context?: Context): void {
    const admitted = this.admit(value)
    if (admitted === undefined) return
    const cell = this.series.of(attributes)
    if (cell === undefined) return
    cell.record(admitted)
    if (context !== undefined) this.#recordExemplar(cell, admitted, context)
  }

  #recordExemplar(cell: HistogramCell, value: number, context: Context): void {
    const exemplar = createExemplar(value, context)
    if (exemplar !== undefined) cell.keepExemplar(exemplar)
  }
}
