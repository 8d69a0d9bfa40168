import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
} from 'yaml'
import { nearestName } from '../configuration/nearest-name.ts'

/** A configuration file that cannot be used. The message has no secrets in it. */
export class WebConfigError extends Error {
  /** The line of the file, from 1 on. Undefined where the whole file is meant. */
  readonly line: number | undefined

  constructor(message: string, line?: number) {
    super(message)
    this.line = line
  }
}

const TRUE = /^(?:true|yes|on|y)$/i
const FALSE = /^(?:false|no|off|n)$/i

/** How YAML writes that there is no value, unless it is in quotes. */
const NULL = /^(?:|~|null|Null|NULL)$/

/**
 * A value of a YAML file, which is read as the type that its place in the file has. So a password or a user's name stays
 * the text that it is, whatever else YAML could take it for.
 */
export class YamlValue {
  /** The keys that lead to this value, separated by dots; of the whole file `the file`. */
  readonly name: string
  readonly line: number
  readonly #file: YamlFile
  readonly #node: Node | undefined

  constructor(file: YamlFile, name: string, node: Node | undefined, line: number) {
    this.#file = file
    this.name = name
    this.line = line
    this.#node = isAlias(node) ? (node.resolve(file.document) ?? this.fail('is an alias of nothing')) : node
  }

  /** @throws WebConfigError with this value's name and line */
  fail(problem: string): never {
    throw new WebConfigError(`${this.name} ${problem}`, this.line)
  }

  /** Whether there is no value: `key:` or `key: null`. */
  get isNull(): boolean {
    const node = this.#node
    if (node === undefined) return true
    return isScalar(node) && node.type === Scalar.PLAIN && NULL.test(String(node.value))
  }

  /** Reads a mapping whose keys are known. Keys without a value are left out. */
  section<Key extends string>(keys: readonly Key[]): ReadonlyMap<Key, YamlValue> {
    const found = new Map<Key, YamlValue>()
    for (const [key, value] of this.mapping()) {
      const known = keys.find((known) => known === key)
      if (known === undefined) {
        throw new WebConfigError(
          `${this.name} has ${quote(key)}, which is not known; did you mean ${nearest(key, keys)}?`,
          value.line,
        )
      }
      if (!value.isNull) found.set(known, value)
    }
    return found
  }

  /** Reads a mapping. */
  mapping(): ReadonlyMap<string, YamlValue> {
    if (this.isNull) return new Map()
    if (!isMap<Node, Node>(this.#node)) return this.fail('has to be a mapping of keys to values')
    return new Map(this.#node.items.map((pair) => this.#entry(pair)))
  }

  #entry({ key, value }: Pair<Node, Node | null>): [string, YamlValue] {
    const line = this.#file.lineOf(key)
    if (!isScalar(key)) throw new WebConfigError(`${this.name} has a key that is not a text`, line)
    const text = String(key.value)
    const name = this.#node === this.#file.document.contents ? text : `${this.name}.${text}`
    return [text, new YamlValue(this.#file, name, value ?? undefined, line)]
  }

  list(): readonly YamlValue[] {
    if (this.isNull) return []
    if (!isSeq<Node>(this.#node)) return this.fail('has to be a list')
    return this.#node.items.map((item) => new YamlValue(this.#file, this.name, item, this.#file.lineOf(item)))
  }

  text(): string {
    if (!isScalar(this.#node) || this.isNull) return this.fail('has to be a text')
    return String(this.#node.value)
  }

  boolean(): boolean {
    const text = this.text()
    if (TRUE.test(text)) return true
    return FALSE.test(text) ? false : this.fail('has to be true or false')
  }

  /** Reads one of these names. */
  oneOf<Name extends string>(names: readonly Name[]): Name {
    const text = this.text()
    const known = names.find((name) => name === text)
    return known ?? this.fail(`is ${quote(text)}, which is not known; did you mean ${nearest(text, names)}?`)
  }
}

interface YamlFile {
  readonly document: Document
  lineOf(node: Node | null): number
}

/**
 * Parses a YAML file.
 *
 * @throws WebConfigError when it is not YAML
 */
export function parseYaml(text: string): YamlValue {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { schema: 'failsafe', prettyErrors: false, lineCounter })
  const [problem] = [...document.errors, ...document.warnings]
  // The library's message may quote the file, which has secrets.
  if (problem !== undefined) {
    const what = problem.code.toLowerCase().replaceAll('_', ' ')
    throw new WebConfigError(`the file is not valid YAML (${what})`, lineCounter.linePos(problem.pos[0]).line)
  }
  const file: YamlFile = { document, lineOf: (node) => lineCounter.linePos(node?.range?.[0] ?? 0).line }
  return new YamlValue(file, 'the file', document.contents ?? undefined, 1)
}

/** A longer text is cut, before it is compared too, since a comparison takes the product of both lengths. */
const MAX_QUOTED = 80

const quote = (text: string) => JSON.stringify(text.slice(0, MAX_QUOTED))

const nearest = (text: string, names: readonly string[]) => quote(nearestName(text.slice(0, MAX_QUOTED), names) ?? '')
