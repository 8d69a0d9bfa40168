/** The options of Node.js that load a module before the app. */
const PRELOAD_OPTIONS = ['--import', '--require', '-r']

/** This package's entry for apps, by its file. The files of `/register` have other names. */
const ENTRY_FILE = /[\\/]agentgateway-otel[\\/]dist[\\/]index\.[cm]?js$/

/**
 * Returns what the flags of a process name to have the entry for apps preloaded: `agentgateway-otel`, or its file by
 * path or URL. Undefined where they do not, and where they name `agentgateway-otel/register`.
 *
 * @param execArgv the flags of the command line, as in `process.execArgv`
 * @param nodeOptions the value of `NODE_OPTIONS`
 */
export function entryPreloadedBy(execArgv: readonly string[], nodeOptions = ''): string | undefined {
  return [...preloadedBy(splitNodeOptions(nodeOptions)), ...preloadedBy(execArgv)].find(
    (specifier) => specifier === 'agentgateway-otel' || ENTRY_FILE.test(specifier),
  )
}

/** The preload, by its name or its file. */
const REGISTER = /^agentgateway-otel(?:\/register)?$|[\\/]agentgateway-otel[\\/]dist[\\/](?:index|register)\.[cm]?js$/

/** Returns whether flags have this package preloaded, by whichever of its names. The parameters are those of `entryPreloadedBy`. */
export const hasPreload = (execArgv: readonly string[], nodeOptions = ''): boolean =>
  [...preloadedBy(splitNodeOptions(nodeOptions)), ...preloadedBy(execArgv)].some((specifier) =>
    REGISTER.test(specifier),
  )

function* preloadedBy(flags: readonly string[]): Generator<string> {
  for (const [index, flag] of flags.entries()) {
    if (PRELOAD_OPTIONS.includes(flag)) yield flags[index + 1] ?? ''
    const [, specifier] = /^--(?:import|require)=(.*)$/s.exec(flag) ?? []
    if (specifier !== undefined) yield specifier
  }
}

/**
 * Splits the value as Node.js does: at spaces outside of double quotes, within which a backslash makes the next
 * character an ordinary one.
 */
export function splitNodeOptions(value: string): string[] {
  const flags: string[] = []
  for (const [text] of value.matchAll(/(?:[^ "]|"(?:[^"\\]|\\.)*"?)+/gs)) {
    flags.push(text.replace(/"((?:[^"\\]|\\.)*)"?/gs, (_, quoted: string) => quoted.replace(/\\(.)/gs, '$1')))
  }
  return flags
}
