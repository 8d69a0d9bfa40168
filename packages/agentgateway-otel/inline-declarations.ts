import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A re-export from a package that is bundled, so that users do not install it, or from a file of this package. */
const RE_EXPORT = /^export (?:type )?\{ (.+) \} from '(@agentgateway-otel\/[\w-]+|\.\/[\w./-]+)';$/gm

/**
 * Returns the text of a `.d.ts` file in which every re-export is replaced by the declarations of these names, with their
 * doc comments, from the package or the file that it names.
 *
 * @throws Error when there is no re-export, or a name is not declared exactly once
 */
export function inlineDeclarations(file: string): string {
  let count = 0
  const text = readFileSync(file, 'utf8').replace(RE_EXPORT, (_, names: string, from: string) => {
    count++
    const declarations = from.startsWith('.')
      ? readDeclarationsOf(join(dirname(file), from.replace(/\.ts$/, '.d.ts')))
      : readDeclarations(dirname(fileURLToPath(import.meta.resolve(from))))
    return names
      .split(', ')
      .map((name) => findDeclaration(declarations, name.replace(/^type /, ''), from))
      .join('\n')
  })
  if (count === 0) throw new Error(`${file} re-exports nothing`)
  return text
}

/** Returns every exported declaration in a folder of `.d.ts` files. */
function readDeclarations(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.d.ts'))
  return files.flatMap((name) => readDeclarationsOf(join(folder, name)))
}

/** A declaration begins with its doc comment, or with `export` when it has none. */
const readDeclarationsOf = (file: string) => readFileSync(file, 'utf8').split(/^(?=\/\*\*)|(?<!\*\/\n)^(?=export )/m)

function findDeclaration(declarations: readonly string[], name: string, from: string): string {
  const pattern = new RegExp(`^export (?:declare )?(?:function|const|interface|type|class) ${name}\\b`, 'm')
  const [declaration, ...others] = declarations.filter((text) => pattern.test(text))
  if (declaration === undefined || others.length > 0) throw new Error(`${from} does not declare ${name} once`)
  return declaration.trimEnd()
}
