import type {
  CollectionResult,
  MetricCollectOptions,
  MetricProducer,
  ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { type Collection, Observations } from './collection.ts'
import type { Meter } from './meter.ts'

type Scope = ResourceMetrics['scopeMetrics'][number]['scope']

export interface ScopedMeter {
  readonly scope: Scope
  readonly meter: Meter
}

/**
 * The producer that one reader collects from. All of a provider's producers read the same cells, each as its reader
 * reads.
 */
export class ReaderProducer implements MetricProducer {
  readonly #reader: number
  readonly #resource: ResourceMetrics['resource']
  readonly #meters: () => Iterable<ScopedMeter>

  /** @param reader the reader's index among those of the provider */
  constructor(reader: number, resource: ResourceMetrics['resource'], meters: () => Iterable<ScopedMeter>) {
    this.#reader = reader
    this.#resource = resource
    this.#meters = meters
  }

  async collect(options?: MetricCollectOptions): Promise<CollectionResult> {
    const observations = new Observations()
    const calls = Array.from(this.#meters(), ({ meter }) =>
      meter.callbacks.observe(observations, options?.timeoutMillis),
    )
    const errors = (await Promise.all(calls)).flat()
    return { resourceMetrics: this.#read(observations), errors }
  }

  /**
   * Returns what synchronous instruments have recorded, without observable instruments. At the process's end, where
   * nothing can be waited for, this is all that can be collected.
   */
  collectRecorded(): ResourceMetrics {
    return this.#read(new Observations())
  }

  /** Reads all instruments without waiting in between, so that the values are of one moment. */
  #read(observations: Observations): ResourceMetrics {
    const collection: Collection = { reader: this.#reader, endMillis: Date.now(), observations }
    const scopeMetrics = []
    for (const { scope, meter } of this.#meters()) {
      const metrics = Array.from(meter.instruments.streams(), (stream) => stream.read(collection))
      const present = metrics.filter((metric) => metric !== undefined)
      if (present.length > 0) scopeMetrics.push({ scope, metrics: present })
    }
    return { resource: this.#resource, scopeMetrics }
  }
}
