/** Matches what path-to-regexp 0.1 (Express 4) puts around the pattern of a mount. */
const MOUNT = /^\^(.*)\\\/\?\(\?=\\\/\|\$\)$/s

/** Matches a parameter or `*` as path-to-regexp 0.1 writes it, with the slash or dot before it and the `?` after it, if any. */
const PARAMETER = /\(\?:(\\[./])?(\\\/)?\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)\)(\?)?|\(\.\*\)/g

/** Matches the pattern of a parameter for which the app has given none. */
const ANY_SEGMENT = /^(?:\[\^\/(?:\\\.)?\]\+\?|\(\?:\(\?!.*\)\.\)\+\?)$/

/**
 * Returns the path or paths at which an app mounted a router, from the regular expression that Express 4 made of them. If the app
 * gave a regular expression itself, that is returned.
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
