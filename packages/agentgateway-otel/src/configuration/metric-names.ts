import { nearestName } from './nearest-name.ts'

/** A longer text is cut before it is compared, since a comparison takes the product of both lengths. */
const MAX_COMPARED_LENGTH = 80

/** Which share of a text may be wrong. */
const MAX_CHANGED_SHARE = 0.6

/**
 * Names that a user may write in full, or without the prefix `agentgateway_` that all metrics share, in any case.
 */
export class MetricNames<Name extends string> {
  readonly #byText: ReadonlyMap<string, Name>

  constructor(names: Iterable<Name>) {
    this.#byText = new Map([...names].flatMap((name) => [[name, name] as const, [withoutPrefix(name), name] as const]))
  }

  /** Returns the name that a text stands for. */
  find(text: string): Name | undefined {
    return this.#byText.get(text.toLowerCase())
  }

  /** Returns the name that is nearest to a text that stands for none; undefined if none has much in common with it. */
  nearest(text: string): Name | undefined {
    const compared = text.slice(0, MAX_COMPARED_LENGTH).toLowerCase()
    const nearest = nearestName(compared, this.#byText.keys(), Math.floor(compared.length * MAX_CHANGED_SHARE))
    return nearest === undefined ? undefined : this.#byText.get(nearest)
  }
}

const withoutPrefix = (name: string) => name.replace(/^agentgateway_/, '')
