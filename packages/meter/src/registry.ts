import type { MetricDescriptor } from '@opentelemetry/sdk-metrics'
import { warn } from './diagnostics.ts'
import type { Kind } from './kinds.ts'
import type { Stream } from './stream.ts'

interface Entry {
  readonly instrument: unknown
  readonly stream: Stream
}

/** The instruments of a meter, by their names without regard to case. */
export class InstrumentRegistry {
  readonly #byName = new Map<string, Entry[]>()

  /** Returns the instrument of this kind, name, unit and value type, which is created when there is none. */
  findOrCreate<I>(kind: Kind, descriptor: MetricDescriptor, create: () => { instrument: I; stream: Stream }): I {
    const name = descriptor.name.toLowerCase()
    const known = this.#byName.get(name) ?? []
    const same = known.find(({ stream }) => isSame(stream, kind, descriptor))
    if (same !== undefined) {
      keepLongerDescription(same.stream, descriptor)
      // Only the meter's `create…` methods fill the registry, with one class of instrument for each kind.
      return same.instrument as I
    }
    if (known.length > 0) {
      warn(`${descriptor.name} is registered with another kind, unit or value type already; both are exported`)
    }
    const entry = create()
    this.#byName.set(name, [...known, entry])
    return entry.instrument
  }

  *streams(): Iterable<Stream> {
    for (const entries of this.#byName.values()) for (const { stream } of entries) yield stream
  }
}

function isSame({ kind, descriptor }: Stream, otherKind: Kind, other: MetricDescriptor): boolean {
  return kind === otherKind && descriptor.unit === other.unit && descriptor.valueType === other.valueType
}

/** Keeps the longer one of two descriptions, as the specification prescribes. */
function keepLongerDescription(stream: Stream, { name, description }: MetricDescriptor): void {
  if (stream.descriptor.description === description) return
  warn(`${name} is registered with another description already; the longer one is used`)
  if (description.length > stream.descriptor.description.length)
    stream.descriptor = { ...stream.descriptor, description }
}
