import type { MetricDescriptor } from '@opentelemetry/sdk-metrics'
import { warn } from './diagnostics.ts'
import type { Kind } from './kinds.ts'
import type { Stream } from './stream.ts'

interface Entry {
  readonly instrument: unknown
  readonly stream: Stream
}

/** The instruments of a meter. Names that differ only in case are one name. */
export class InstrumentRegistry {
  readonly #byName = new Map<string, Entry[]>()

  /** The instrument of this kind, name, unit and value type that is known, or the one that is made now. */
  findOrCreate<I>(kind: Kind, descriptor: MetricDescriptor, create: () => { instrument: I; stream: Stream }): I {
    const name = descriptor.name.toLowerCase()
    const known = this.#byName.get(name) ?? []
    const same = known.find(({ stream }) => isSame(stream, kind, descriptor))
    if (same !== undefined) {
      settleDescription(same.stream, descriptor)
      // Only createMeter's own factories fill the registry, and a kind has one class of instrument.
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

/** Of two descriptions the longer one stays, as the specification says. */
function settleDescription(stream: Stream, { name, description }: MetricDescriptor): void {
  if (stream.descriptor.description === description) return
  warn(`${name} is registered with another description already; the longer one is used`)
  if (description.length > stream.descriptor.description.length)
    stream.descriptor = { ...stream.descriptor, description }
}
