import type * as api from '@opentelemetry/api'
import { CallbackRegistry } from './callbacks.ts'
import { GaugeCell } from './cells/gauge.ts'
import { HistogramCell } from './cells/histogram.ts'
import { SumCell } from './cells/sum.ts'
import { boundariesOf, createDescriptor } from './descriptor.ts'
import { BucketHistogram, LastValueGauge, SumCounter, SumUpDownCounter } from './instruments.ts'
import type { Kind } from './kinds.ts'
import { ObservableInstrument, ObservableStream } from './observables.ts'
import { InstrumentRegistry } from './registry.ts'
import { Series } from './series.ts'
import { type Slots, SyncStream } from './stream.ts'

type SyncKind = 'COUNTER' | 'UP_DOWN_COUNTER' | 'GAUGE' | 'HISTOGRAM'

/** The settings that all instruments of a provider share. */
export interface MeterSettings {
  readonly slots: Readonly<Record<Kind, Slots>>
  readonly cardinalityLimit: number
}

export class Meter implements api.Meter {
  readonly callbacks = new CallbackRegistry()
  readonly instruments = new InstrumentRegistry()
  readonly #settings: MeterSettings

  constructor(settings: MeterSettings) {
    this.#settings = settings
  }

  createCounter(name: string, options?: api.MetricOptions): api.Counter {
    return this.#createSync('COUNTER', name, options, SumCell, SumCounter)
  }

  createUpDownCounter(name: string, options?: api.MetricOptions): api.UpDownCounter {
    return this.#createSync('UP_DOWN_COUNTER', name, options, SumCell, SumUpDownCounter)
  }

  createGauge(name: string, options?: api.MetricOptions): api.Gauge {
    return this.#createSync('GAUGE', name, options, GaugeCell, LastValueGauge)
  }

  createHistogram(name: string, options?: api.MetricOptions): api.Histogram {
    return this.#createSync('HISTOGRAM', name, options, HistogramCell, BucketHistogram)
  }

  createObservableCounter(name: string, options?: api.MetricOptions): api.ObservableCounter {
    return this.#createObservable('OBSERVABLE_COUNTER', name, options)
  }

  createObservableUpDownCounter(name: string, options?: api.MetricOptions): api.ObservableUpDownCounter {
    return this.#createObservable('OBSERVABLE_UP_DOWN_COUNTER', name, options)
  }

  createObservableGauge(name: string, options?: api.MetricOptions): api.ObservableGauge {
    return this.#createObservable('OBSERVABLE_GAUGE', name, options)
  }

  addBatchObservableCallback(callback: api.BatchObservableCallback, observables: api.Observable[]): void {
    this.callbacks.addBatch(callback, observables)
  }

  removeBatchObservableCallback(callback: api.BatchObservableCallback, observables: api.Observable[]): void {
    this.callbacks.removeBatch(callback, observables)
  }

  #createSync<C extends SumCell | GaugeCell | HistogramCell, I>(
    kind: SyncKind,
    name: string,
    options: api.MetricOptions | undefined,
    CellOfKind: new (attributes: api.Attributes, deltaReaderCount: number, boundaries: readonly number[]) => C,
    Instrument: new (stream: SyncStream<C>) => I,
  ): I {
    const descriptor = createDescriptor(name, options)
    return this.instruments.findOrCreate(kind, descriptor, () => {
      const slots = this.#settings.slots[kind]
      const boundaries = boundariesOf(descriptor.name, options)
      const series = new Series(
        this.#settings.cardinalityLimit,
        (attributes) => new CellOfKind(attributes, slots.deltaReaderCount, boundaries),
      )
      const stream = new SyncStream(kind, slots, descriptor, series)
      return { instrument: new Instrument(stream), stream }
    })
  }

  #createObservable(kind: Exclude<Kind, SyncKind>, name: string, options: api.MetricOptions | undefined) {
    const descriptor = createDescriptor(name, options)
    return this.instruments.findOrCreate(kind, descriptor, () => {
      const stream = new ObservableStream(kind, this.#settings.slots[kind], descriptor, this.#settings.cardinalityLimit)
      return { instrument: new ObservableInstrument(stream, this.callbacks), stream }
    })
  }
}
