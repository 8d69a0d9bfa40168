import {
  type Attributes,
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
import { admitMeasurement } from './measurement.ts'
import type { Series } from './series.ts'
import type { SyncStream } from './stream.ts'

/** A record makes no object: it finds its cell and changes it. */
class SyncInstrument<C extends Cell<number | HistogramValue>> {
  protected readonly series: Series<C>
  readonly #stream: SyncStream<C>
  readonly #whole: boolean

  constructor(stream: SyncStream<C>) {
    this.#stream = stream
    this.series = stream.series
    this.#whole = stream.descriptor.valueType === ValueType.INT
  }

  /** The value to record; undefined to record nothing. What nearly all values are is told at once. */
  protected admit(value: number): number | undefined {
    const isPlain = typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY && !this.#whole
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
  record(value: number, attributes?: Attributes): void {
    const admitted = this.admit(value)
    if (admitted !== undefined) this.series.of(attributes)?.record(admitted)
  }
}
