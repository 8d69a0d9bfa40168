import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A block of code in a document, between two fences. */
interface FencedBlock {
  /** The document's path from the root of the repository. */
  readonly file: string
  /** The line of its first fence. */
  readonly line: number
  readonly language: string
  /** Its lines, without the indentation of the fence. */
  readonly code: string
}

/** Returns the blocks of all documents that match one of these globs, in order. */
export async function fencedBlocks(globs: readonly string[]): Promise<FencedBlock[]> {
  const exclude = (name: string) => name.includes('node_modules')
  const files = (await Array.fromAsync(glob([...globs], { cwd: ROOT, exclude }))).sort()
  return files.flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8')
    return Array.from(text.matchAll(FENCED), ({ index, groups }) => ({
      file,
      line: text.slice(0, index).split('\n').length,
      language: groups?.language ?? '',
      code: (groups?.code ?? '').replaceAll(new RegExp(`^${groups?.indentation}`, 'gm'), ''),
    }))
  })
}

const FENCED = /^(?<indentation> *)```(?<language>\S*)\n(?<code>[\s\S]*?)^ *```$/gm

/** Returns the document without its blocks, in which a `#` begins a comment and not a heading. */
export const withoutBlocks = (text: string): string => text.replaceAll(FENCED, '')
