/** Returns a label as both formats write it. */
export const labelText = (name: string, value: string): string => `${name}="${escapeQuoted(value)}"`

/** Escapes what stands between double quotes. */
export const escapeQuoted = (text: string): string => escapeLine(text).replace(/"/g, '\\"')

/** Escapes what stands in one line without quotes. */
export const escapeLine = (text: string): string => text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')
