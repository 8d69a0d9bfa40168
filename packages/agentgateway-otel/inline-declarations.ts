import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A re-export from a package that is bundled, so that users do not install it. */
const RE_EXPORT = /^export \{ (.+) \} from '(@agentgateway-otel\/[\w-]+)';$/gm

/**
 * Returns the text of a `.d.ts` file in which every re-export from a package of this workspace is replaced by that
 * package's own declarations of these names, with their doc comments.
 *
 * @throws Error when there is no re-export, or a package does not declare a name exactly once
 */
export function inlineDeclarations(file: string): string {
  let count = 0
  const text = readFileSync(file, 'utf8').replace(RE_EXPORT, (_, names: string, packageName: string) => {
    count++
    const declarations = readDeclarations(dirname(fileURLToPath(import.meta.resolve(packageName))))
    return names
      .split(', ')
      .map((name) => findDeclaration(declarations, name.replace(/^type /, ''), packageName))
      .join('\n')
  })
  if (count === 0) throw new Error(`${file} re-exports nothing from a package of this workspace`)
  return text.replace(/^\/\/# sourceMappingURL.*$/gm, '')
}

/** Returns every exported declaration in a folder of `.d.ts` files. */
function readDeclarations(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.d.ts'))
  return files.flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8')
    // A declaration begins with its doc comment, or with `export` when it has none.
    return text.split(/^(?=\/\*\*|\/\/#)|(?<!\*\/\n)^(?=export )/m)
  })
}

function findDeclaration(declarations: readonly string[], name: string, packageName: string): string {
  const pattern = new RegExp(`^export (?:declare )?(?:function|const|interface|type|class) ${name}\\b`, 'm')
  const [declaration, ...others] = declarations.filter((text) => pattern.test(text))
  if (declaration === undefined || others.length > 0) throw new Error(`${packageName} does not declare ${name} once`)
  return declaration.trimEnd()
}
