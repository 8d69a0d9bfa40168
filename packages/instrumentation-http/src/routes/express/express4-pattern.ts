/** What path-to-regexp 0.1 (Express 4) puts around the pattern of a mount. */
const MOUNT = /^\^(.*)\\\/\?\(\?=\\\/\|\$\)$/s

/**
 * A parameter, or `*`, as path-to-regexp 0.1 compiles it. A slash or a dot before a parameter is in its group, and so
 * is the `?` of an optional one.
 */
const PARAMETER = /\(\?:(\\[./])?(\\\/)?\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)\)(\?)?|\(\.\*\)/g

/** What a parameter matches where the app gives no expression for it. */
const ANY_SEGMENT = /^(?:\[\^\\?\/(?:\\\.)?\]\+\?|\(\?:\(\?!.*\)\.\)\+\?)$/

/**
 * Returns the path at which an app mounted a router, or the paths, separated by commas, from the regular expression
 * that Express 4 compiled. Where the app itself gave a regular expression, this is returned.
 */
export function decompilePattern(regexp: RegExp, keys: readonly { readonly name: string | number }[]): string {
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
