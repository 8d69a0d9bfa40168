import { type LoadFnOutput, type LoadHookContext, type LoadHookSync, registerHooks } from 'node:module'
import { compileFunction } from 'node:vm'
import { LINKED } from './linked-frameworks.ts'

/** A statement in the source of a framework, after which the framework's own values say what a route is made of. */
export interface SourceLink {
  /** A text that stands before the statement: where the function or class begins. Default: the source's beginning. */
  readonly below?: string
  /** The statement, or its end. */
  readonly after: string
  /**
   * The `LinkMessage` that is published then, as an expression in the framework's code. A bundler, or another version, may give a
   * variable another name, so each one has to be in `below` or `after`, or behind a `typeof`.
   */
  readonly message: string
  /** Whether there is a message, as such an expression. Default: there always is. */
  readonly when?: string
  /** Whether the statement is a `return` in a block. What it returns is then `$v` in the message. Default: false. */
  readonly returns?: boolean
}

/** The statements of all sources, each with its channel. */
type SourceLinks = readonly (SourceLink & { readonly channel: string })[]

/** The beginning of the names of the variables that hold the channels, in the framework's code. */
const VARIABLE = '$agentgatewayLink'
/** Returns the name of a variable. It is made while a module is loaded, so without a regular expression, whose match the app could see. */
const variableOf = (channel: string) =>
  VARIABLE + channel.replaceAll(':', '_').replaceAll('-', '_').replaceAll('.', '_')

/** A module may have another `process` of its own. */
const declare = (channel: string) =>
  `\nvar ${variableOf(channel)} = globalThis.process?.getBuiltinModule?.("node:diagnostics_channel")?.channel("${channel}");`

function publish(channel: string, message: string, when = ''): string {
  const variable = variableOf(channel)
  return `; ${variable}?.hasSubscribers && ${when && `(${when}) && `}${variable}.publish(${message});`
}

const RETURN = 'return '

/** What stands for `return` where a message has what is returned. It is as long, so that no column of a stack trace changes. */
const RETURNED = 'var $v='

const PACKAGES = '/node_modules/'

/**
 * Whether a module may have a framework in it: those of the packages, and the app's own, because bundles have frameworks in them.
 * It uses no regular expression, since the app could see in `RegExp.$_` what one has matched.
 */
function mayHaveFramework(url: string): boolean {
  const start = url.lastIndexOf(PACKAGES)
  if (start === -1) return true
  const path = url.slice(start + PACKAGES.length)
  return LINKED.some((name) => path.startsWith(name))
}

/**
 * Adds statements to frameworks, as their modules are loaded, that publish a context together with Node's request. This is for
 * frameworks to whose contexts nothing else leads. Node.js also publishes each module that is required, but a subscriber of that
 * makes the stack longer on which it looks whether the app or a package requires a deprecated module. No line of a module moves, no
 * function is replaced, and a module without such a statement stays as it is.
 *
 * A CommonJS module that is imported is passed on without its source, since Node.js then loads it as it does without hooks; with a
 * source, the module would get another function to require modules with. The versions that refuse that have to be left alone: with
 * hooks, some of them do not even load such a module. A hook makes each module take a little longer to load, so an app without these
 * frameworks gets none either.
 *
 * @returns a function that stops it, for modules that are loaded later
 */
export function watchLoadedSources(links: SourceLinks): () => void {
  const load = createLoadHook((loaded, url, context) => {
    const linked = mayHaveFramework(url) ? addLinks(loaded, links) : loaded
    const isImported = context.conditions?.includes('import') && loaded.format?.startsWith('commonjs')
    if (!isImported || (linked !== loaded && !String(linked.source).includes('require('))) return linked
    return { ...loaded, source: null as never }
  })
  const hooks = registerHooks({ load })
  return () => hooks.deregister()
}

type OnLoaded = (loaded: LoadFnOutput, url: string, context: LoadHookContext) => LoadFnOutput

/**
 * Creates a hook that changes what the next one has loaded. Its function is of no file, like Node's own: while a module is loaded,
 * Node looks on the stack for the first function of a file, to know whether the app or a package requires a deprecated module.
 */
const createLoadHook = compileFunction(
  'return (url, context, nextLoad) => onLoaded(nextLoad(url, context), url, context)',
  ['onLoaded'],
  { filename: 'agentgateway-otel' },
) as (onLoaded: OnLoaded) => LoadHookSync

/** Returns a module's source without copying it, unless it is text. */
function bytesOf(source: NonNullable<LoadFnOutput['source']>): Buffer {
  if (typeof source === 'string') return Buffer.from(source)
  return source instanceof Uint8Array
    ? Buffer.from(source.buffer, source.byteOffset, source.length)
    : Buffer.from(source as ArrayBuffer)
}

/** Returns the module with its links; the same object if it has none. */
function addLinks(loaded: LoadFnOutput, links: SourceLinks): LoadFnOutput {
  try {
    const { format, source } = loaded
    // A CommonJS module that is required may come without a format.
    if (!source || (format && format !== 'module' && format !== 'commonjs')) return loaded
    const bytes = bytesOf(source)
    const present = links.filter(({ after }) => bytes.includes(after))
    // Another instrumentation of this process may have added the same.
    if (present.length === 0 || bytes.includes(VARIABLE)) return loaded
    const text = bytes.toString()
    const linked = present.reduce(addLink, text)
    const channels = new Set(present.map(({ channel }) => channel))
    return linked === text ? loaded : { ...loaded, source: `${linked}${[...channels].map(declare).join('')}\n` }
  } catch {
    // Whatever the module is, it is loaded as it would have been.
    return loaded
  }
}

function addLink(code: string, { below = '', after, message, when, channel, returns }: SourceLinks[number]): string {
  const from = code.indexOf(below)
  const start = from === -1 ? -1 : code.indexOf(after, from)
  if (start === -1) return code
  const end = start + after.length
  const published = publish(channel, message, when)
  return returns
    ? `${code.slice(0, start)}${RETURNED}${code.slice(start + RETURN.length, end)}${published} return $v${code.slice(end)}`
    : code.slice(0, end) + published + code.slice(end)
}
