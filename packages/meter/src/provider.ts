import {
  createNoopMeter,
  type Meter as MeterApi,
  type MeterOptions,
  type MeterProvider as MeterProviderApi,
} from '@opentelemetry/api'
import type { IMetricReader, InstrumentType, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { CUMULATIVE as TOTAL } from './cells/cell.ts'
import { warn } from './diagnostics.ts'
import { DEFAULT_AGGREGATION, DELTA, KINDS, type Kind } from './kinds.ts'
import { Meter, type MeterSettings } from './meter.ts'
import { ReaderProducer, type ScopedMeter } from './producer.ts'
import type { Slots } from './stream.ts'

export interface MeterProviderOptions {
  readonly resource: ResourceMetrics['resource']
  /** Metric readers of `@opentelemetry/sdk-metrics`, or of its shape. Each belongs to one provider. */
  readonly readers: readonly IMetricReader[]
  /**
   * How many series an instrument has at most over the process's life, that of the overflow included: 2,000 by default.
   * It holds for all readers; a reader's own limits are not asked for.
   */
  readonly cardinalityLimit?: number
}

/** The time that readers have to end or to flush, in milliseconds; theirs to choose by default. */
export interface ReaderOptions {
  readonly timeoutMillis?: number
}

/**
 * An OpenTelemetry MeterProvider whose instruments know a frozen attributes object by its identity.
 *
 * Makes no views, exemplars or exponential histograms. Registers nothing globally.
 */
export class MeterProvider implements MeterProviderApi {
  readonly #readers: readonly IMetricReader[]
  readonly #settings: MeterSettings
  readonly #meters = new Map<string, ScopedMeter>()
  #isShutdown = false

  /**
   * @throws RangeError when the limit is no whole number above 0.
   * @throws Error when a reader asks for another aggregation than the default one, or belongs to another provider.
   */
  constructor({ resource, readers, cardinalityLimit = 2000 }: MeterProviderOptions) {
    if (!Number.isInteger(cardinalityLimit) || cardinalityLimit < 1) {
      throw new RangeError(`cardinalityLimit is ${cardinalityLimit}; it must be a whole number above 0`)
    }
    const slots = KINDS.map((kind) => [kind, slotsOf(kind, readers)])
    this.#settings = { cardinalityLimit, slots: Object.fromEntries(slots) as MeterSettings['slots'] }
    this.#readers = [...readers]
    for (const [i, reader] of this.#readers.entries()) {
      reader.setMetricProducer(new ReaderProducer(i, resource, () => this.#meters.values()))
    }
  }

  /** The meter of this scope: the same one for the same name, version and schema URL. After `shutdown`, one that does nothing. */
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

  /** Has every reader export what there is. Rejects as the readers do. */
  async forceFlush(options?: ReaderOptions): Promise<void> {
    if (this.#isShutdown) {
      warn('A meter provider that was shut down has nothing to flush')
      return
    }
    await Promise.all(this.#readers.map((reader) => reader.forceFlush(options)))
  }

  /** Has every reader export what there is, and end. Rejects as the readers do. */
  async shutdown(options?: ReaderOptions): Promise<void> {
    if (this.#isShutdown) {
      warn('A meter provider is shut down only once')
      return
    }
    this.#isShutdown = true
    await Promise.all(this.#readers.map((reader) => reader.shutdown(options)))
  }
}

function slotsOf(kind: Kind, readers: readonly IMetricReader[]): Slots {
  const type = kind as InstrumentType
  let deltaReaders = 0
  const ofReader = readers.map((reader) => {
    const { type: aggregation } = reader.selectAggregation(type)
    if (aggregation !== DEFAULT_AGGREGATION) {
      throw new Error(
        `A metric reader (${reader.constructor.name}) selects aggregation ${aggregation} for ${kind}; this provider has the default aggregation only`,
      )
    }
    return reader.selectAggregationTemporality(type) === DELTA ? deltaReaders++ : TOTAL
  })
  return { ofReader, deltaReaders }
}

function scopeName(name: string): string {
  if (typeof name === 'string' && name !== '') return name
  warn('A meter without a name is given the empty one')
  return ''
}
