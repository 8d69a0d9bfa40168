import type * as api from '@opentelemetry/api'
import { CallbackRegistry } from './callbacks.ts'
import { cellCreator } from './cells/create.ts'
import { boundariesOf, createDescriptor } from './descriptor.ts'
import { BucketHistogram, LastValueGauge, SumCounter, SumUpDownCounter } from './instruments.ts'
import type { Kind } from './kinds.ts'
import { ObservableInstrument, ObservableStream } from './observables.ts'
import type { Readings } from './readings.ts'
import { InstrumentRegistry } from './registry.ts'
import { Series } from './series.ts'
import { SyncStream } from './stream.ts'

type SyncKind = 'COUNTER' | 'UP_DOWN_COUNTER' | 'GAUGE' | 'HISTOGRAM'

/** The settings that all instruments of a provider share. */
export interface MeterSettings {
  readonly readings: Readonly<Record<Kind, Readings>>
}

export class Meter implements api.Meter {
  readonly callbacks = new CallbackRegistry()
  readonly instruments = new InstrumentRegistry()
  readonly #settings: MeterSettings

  constructor(settings: MeterSettings) {
    this.#settings = settings
  }

  createCounter(name: string, options?: api.MetricOptions): api.Counter {
    return this.#createSync('COUNTER', name, options, SumCounter)
  }

  createUpDownCounter(name: string, options?: api.MetricOptions): api.UpDownCounter {
    return this.#createSync('UP_DOWN_COUNTER', name, options, SumUpDownCounter)
  }

  createGauge(name: string, options?: api.MetricOptions): api.Gauge {
    return this.#createSync('GAUGE', name, options, LastValueGauge)
  }

  createHistogram(name: string, options?: api.MetricOptions): api.Histogram {
    return this.#createSync('HISTOGRAM', name, options, BucketHistogram)
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

  #createSync<I>(
    kind: SyncKind,
    name: string,
    options: api.MetricOptions | undefined,
    Instrument: new (stream: SyncStream) => I,
  ): I {
    const descriptor = createDescriptor(name, options)
    return this.instruments.findOrCreate(kind, descriptor, () => {
      const readings = this.#settings.readings[kind]
      const createCell = cellCreator(readings.aggregations, boundariesOf(descriptor.name, options))
      const series = new Series(readings.limit, createCell)
      const stream = new SyncStream(kind, readings, descriptor, series)
      return { instrument: new Instrument(stream), stream }
    })
  }

  #createObservable(kind: Exclude<Kind, SyncKind>, name: string, options: api.MetricOptions | undefined) {
    const descriptor = createDescriptor(name, options)
    return this.instruments.findOrCreate(kind, descriptor, () => {
      const stream = new ObservableStream(kind, this.#settings.readings[kind], descriptor)
      return { instrument: new ObservableInstrument(stream, this.callbacks), stream }
    })
  }
}
