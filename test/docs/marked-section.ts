/**
 * Returns the document with this text between its marks `<!-- name… -->` and `<!-- /name -->`.
 *
 * @throws Error when the document has no such marks
 */
export function withSection(document: string, name: string, text: string): string {
  const marked = sectionPattern(name)
  if (!marked.test(document)) throw new Error(`the document has no marks <!-- ${name} --> and <!-- /${name} -->`)
  // The replacement is a function, since a `$` in a string would have a meaning of its own.
  return document.replace(marked, () => `\n${text.trim()}\n\n`)
}

const sectionPattern = (name: string) => new RegExp(`(?<=<!-- ${name}\\b[^>]*-->\\n)[\\s\\S]*?(?=<!-- /${name} -->)`)

/**
 * Returns the YAML document with these lines between its comments `# name: …` and `# /name`, indented as these are.
 *
 * @throws Error when the document has no such comments
 */
export function withYamlLines(document: string, name: string, lines: readonly string[]): string {
  const marked = new RegExp(`^( *)(# ${name}: .*\\n)[\\s\\S]*?^ *# /${name}$`, 'm')
  if (!marked.test(document)) throw new Error(`the document has no comments # ${name}: and # /${name}`)
  return document.replace(
    marked,
    (_, indent: string, mark: string) =>
      indent + mark + [...lines, `# /${name}`].map((line) => indent + line).join('\n'),
  )
}

/** Returns a table in Markdown, its columns padded to the same width. The first row is the head. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}
