import stringWidth from 'string-width'

/** How many columns of a terminal a text takes. Some characters take two, and some none. */
export const widthOf = (text: string): number => stringWidth(text)

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Cuts a text to a width, with `…` for what is left out. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  let keptWidth = 0
  for (const { segment } of graphemes.segment(text)) {
    keptWidth += widthOf(segment)
    if (keptWidth > width - 1) break
    kept += segment
  }
  return width > 0 ? `${kept}…` : ''
}

/** Breaks a text at its spaces into lines of a width. A word that is longer is broken, too. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (widthOf(longer) <= width) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    const pieces = piecesOf(word, width)
    lines.push(...pieces.slice(0, -1))
    line = pieces.at(-1) ?? ''
  }
  return [...lines, line]
}

function piecesOf(word: string, width: number): readonly string[] {
  const pieces: string[] = []
  let piece = ''
  for (const { segment } of graphemes.segment(word)) {
    if (piece !== '' && widthOf(piece + segment) > width) {
      pieces.push(piece)
      piece = ''
    }
    piece += segment
  }
  return [...pieces, piece]
}
