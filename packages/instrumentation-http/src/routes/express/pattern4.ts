/** What path-to-regexp 0.1 (Express 4) puts around the pattern of a mount. */
const MOUNT = /^\^(.*)\\\/\?\(\?=\\\/\|\$\)$/s

/** A parameter, or `*`, as path-to-regexp 0.1 writes it: after a slash or a dot, and with a `?`, if it has those. */
const PARAMETER = /\(\?:(\\[./])?(\\\/)?\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)\)(\?)?|\(\.\*\)/g

/** What a parameter matches where the app does not say. */
const ANY_SEGMENT = /^(?:\[\^\/(?:\\\.)?\]\+\?|\(\?:\(\?!.*\)\.\)\+\?)$/

/**
 * The path, or paths, that an app mounted a router at, from the regular expression that Express 4 made of them; the
 * expression itself, where the app gave one.
 */
export function mountPattern(regexp: RegExp, keys: readonly { readonly name: string | number }[]): string {
  const names = keys.values()
  const patterns: string[] = []
  for (const source of regexp.source.split(/(?<=\(\?=\\\/\|\$\))\|(?=\^)/)) {
    const body = MOUNT.exec(source)?.[1]
    if (body === undefined) return String(regexp)
    const pattern = body.replaceAll(PARAMETER, (group, before = '', slash = '', capture = '', optional = '') => {
      const name = names.next().value?.name
      if (group === '(.*)') return '*'
      return `${before}${slash}:${name}${ANY_SEGMENT.test(capture) ? '' : `(${capture})`}${optional}`
    })
    patterns.push(pattern.replaceAll(/\\([./])/g, '$1'))
  }
  return patterns.join(',')
}
