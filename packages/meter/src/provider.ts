import {
  createNoopMeter,
  type Meter as MeterApi,
  type MeterOptions,
  type MeterProvider as MeterProviderApi,
} from '@opentelemetry/api'
import type { IMetricReader, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { warn } from './diagnostics.ts'
import { KINDS } from './kinds.ts'
import { Meter, type MeterSettings } from './meter.ts'
import { ReaderProducer, type ScopedMeter } from './producer.ts'
import { readingsOf } from './readings.ts'

export interface MeterProviderOptions {
  readonly resource: ResourceMetrics['resource']
  /** Metric readers of `@opentelemetry/sdk-metrics`, or of the same shape. A reader can have one provider only. */
  readonly readers: readonly IMetricReader[]
  /**
   * How many series an instrument has at most over the process's life, the overflow series included. It holds for all
   * readers, in place of their own limits. Default: the readers' own limits, which are 2,000 by default.
   */
  readonly cardinalityLimit?: number
}

/** How long the readers may take to flush or to shut down, in milliseconds. Default: the readers' own. */
export interface ReaderOptions {
  readonly timeoutMillis?: number
}

/**
 * An OpenTelemetry MeterProvider whose instruments find the series of a frozen attributes object by the object's
 * identity.
 *
 * It has no views. It registers nothing globally.
 */
export class MeterProvider implements MeterProviderApi {
  readonly #readers: readonly IMetricReader[]
  readonly #settings: MeterSettings
  readonly #meters = new Map<string, ScopedMeter>()
  #isShutdown = false

  /**
   * @throws RangeError when the limit is not a whole number above 0
   * @throws Error when there are views, or a reader has another provider already
   */
  constructor({ resource, readers, cardinalityLimit, ...others }: MeterProviderOptions) {
    if (cardinalityLimit !== undefined && (!Number.isInteger(cardinalityLimit) || cardinalityLimit < 1)) {
      throw new RangeError(`cardinalityLimit is ${cardinalityLimit}; it must be a whole number above 0`)
    }
    if (hasViews(others)) {
      throw new Error('This meter provider has no views; use the one of @opentelemetry/sdk-metrics, or remove `views`')
    }
    const readings = KINDS.map((kind) => [kind, readingsOf(kind, readers, cardinalityLimit)])
    this.#settings = { readings: Object.fromEntries(readings) as MeterSettings['readings'] }
    this.#readers = [...readers]
    for (const [i, reader] of this.#readers.entries()) {
      reader.setMetricProducer(new ReaderProducer(i, resource, () => this.#meters.values()))
    }
  }

  /**
   * Returns the one meter of this name, version and schema URL. After `shutdown`, returns a meter that does nothing.
   */
  getMeter(name: string, version = '', options: MeterOptions = {}): MeterApi {
    if (this.#isShutdown) {
      warn('A meter provider that was shut down gives no meter')
      return createNoopMeter()
    }
    const scope = { name: scopeName(name), version, ...(options?.schemaUrl ? { schemaUrl: options.schemaUrl } : {}) }
    const key = JSON.stringify([scope.name, scope.version, scope.schemaUrl])
    const known = this.#meters.get(key)
    if (known !== undefined) return known.meter
    const meter = new Meter(this.#settings)
    this.#meters.set(key, { scope, meter })
    return meter
  }

  /** Has every reader export what was recorded. Rejects when a reader does. */
  async forceFlush(options?: ReaderOptions): Promise<void> {
    if (this.#isShutdown) {
      warn('A meter provider that was shut down has nothing to flush')
      return
    }
    await Promise.all(this.#readers.map((reader) => reader.forceFlush(options)))
  }

  /** Has every reader export what was recorded and then shut down. Rejects when a reader does. */
  async shutdown(options?: ReaderOptions): Promise<void> {
    if (this.#isShutdown) {
      warn('A meter provider is shut down only once')
      return
    }
    this.#isShutdown = true
    await Promise.all(this.#readers.map((reader) => reader.shutdown(options)))
  }
}

function scopeName(name: string): string {
  if (typeof name === 'string' && name !== '') return name
  warn('A meter without a name is given the empty name')
  return ''
}

/** Views that had no effect would export what an app does not want to be exported. Types alone do not keep them out. */
const hasViews = (options: { readonly views?: unknown }) => Array.isArray(options.views) && options.views.length > 0
