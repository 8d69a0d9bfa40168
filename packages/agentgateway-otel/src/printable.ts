/**
 * The characters that would affect a terminal or a reader of lines: control characters, all line ends, and those that
 * change the direction of writing.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern finds control characters
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/**
 * Returns the text as one line without unprintable characters. It may contain values from the environment and from
 * other processes, which must not look like a line of their own or control the terminal.
 */
export const printable = (text: string): string =>
  text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Does the same to each line of a text. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n')
