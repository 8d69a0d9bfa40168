import type {
  CollectionResult,
  MetricCollectOptions,
  MetricProducer,
  ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import type { Meter } from './meter.ts'
import { Observations } from './observations.ts'
import type { Collection } from './stream.ts'

type Scope = ResourceMetrics['scopeMetrics'][number]['scope']

export interface ScopedMeter {
  readonly scope: Scope
  readonly meter: Meter
}

/** What one reader collects from: the provider's one storage, read as this reader reads. */
export class ReaderProducer implements MetricProducer {
  readonly #reader: number
  readonly #resource: ResourceMetrics['resource']
  readonly #meters: () => Iterable<ScopedMeter>

  /** @param reader the reader's place among the provider's. */
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
   * What synchronous instruments have recorded: all that can be had when nothing may be waited for, as at the process's
   * end. Observable instruments are absent.
   */
  collectRecorded(): ResourceMetrics {
    return this.#read(new Observations())
  }

  /** Nothing waits in here, so what is read is of one moment. */
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
