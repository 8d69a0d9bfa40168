import { nearestName } from './nearest-name.ts'

/** A longer text is cut before it is compared, since a comparison takes the product of both lengths. */
const MAX_COMPARED_LENGTH = 80

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

  /** Returns the name that is nearest to a text that stands for none. */
  nearest(text: string): Name {
    const nearest = nearestName(text.slice(0, MAX_COMPARED_LENGTH).toLowerCase(), this.#byText.keys())
    return this.#byText.get(nearest ?? '') as Name
  }
}

const withoutPrefix = (name: string) => name.replace(/^agentgateway_/, '')
