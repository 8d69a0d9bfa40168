import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { quote } from '../../../configuration/quote.ts'
import type { Launch } from './launch.ts'
import { parseCommand, parseShellCommands } from './shell-commands.ts'

const COMPOSE_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml']

/** A larger file is passed over. */
const MAX_BYTES = 256 * 1024

const ECOSYSTEM_FILES = ['ecosystem.config.js', 'ecosystem.config.cjs', 'ecosystem.config.mjs', 'ecosystem.json']

/**
 * Returns what a Dockerfile, a Compose file and PM2's configuration in this directory start, as far as it can be read there. In
 * which directory, and on which Node.js of an image, they start it is not known.
 */
export const readStartFiles = (directory: string): readonly Launch[] => [
  ...launchesOfDockerfile(read(join(directory, 'Dockerfile'))),
  ...COMPOSE_FILES.flatMap((file) => launchesOfCompose(read(join(directory, file)), file)),
  ...ECOSYSTEM_FILES.flatMap((file) => launchesOfEcosystem(read(join(directory, file)), file)),
]

/** PM2's configuration is a module, which is not run. Its flags of Node.js are mostly in one text. */
function launchesOfEcosystem(text: string, file: string): readonly Launch[] {
  const texts = text.matchAll(/\b(node_args|interpreter_args|nodeArgs|args)["']?\s*:\s*(?:'([^'\n]*)'|"([^"\n]*)")/g)
  return [...texts].flatMap(([, field, single, double]) => {
    const place = { source: `the ${field} of ${file}`, cwd: undefined }
    const words = single ?? double ?? ''
    return parseShellCommands(field === 'args' ? `node ${SCRIPT} ${words}` : `node ${words} ${SCRIPT}`, place)
  })
}

/** What stands for the script of PM2's configuration. */
const SCRIPT = 'app.js'

function launchesOfDockerfile(text: string): readonly Launch[] {
  const lines = text
    .replace(/^\s*#.*$/gm, '')
    .replace(/[\\`]\r?\n/g, ' ')
    .split(/\r?\n/)
  return lines.flatMap((line) => {
    const [, instruction = '', rest = ''] = /^\s*(CMD|ENTRYPOINT|ENV)\s+(.*)$/i.exec(line) ?? []
    const place = { source: `${instruction.toUpperCase()} of Dockerfile`, cwd: undefined }
    if (/^ENV$/i.test(instruction)) {
      // The old form has no equals sign, and its value is the rest of the line.
      const [, name, value] = /^(\w+)\s+([^=]*|".*"|'.*')$/.exec(rest) ?? []
      return parseShellCommands(`${name === undefined ? rest : `${name}=${value}`} node`, place)
    }
    return instruction === '' ? [] : launchesOf(jsonOr(rest), place)
  })
}

function launchesOfCompose(text: string, file: string): readonly Launch[] {
  try {
    const { services = {} } = (parse(text) ?? {}) as { services?: Record<string, Record<string, unknown> | null> }
    return Object.entries(services).flatMap(([name, service]) => {
      const place = { source: `the service ${quote(name)} of ${file}`, cwd: undefined }
      const { command, entrypoint, environment } = service ?? {}
      const assignments = Array.isArray(environment)
        ? environment.map(String)
        : Object.entries(environment ?? {}).map(([variable, value]) => `${variable}=${value}`)
      return [
        ...launchesOf(entrypoint, place),
        ...launchesOf(command, place),
        ...parseCommand([...assignments, 'node'], place),
      ]
    })
  } catch {
    return []
  }
}

function launchesOf(command: unknown, place: Pick<Launch, 'source' | 'cwd'>): readonly Launch[] {
  if (Array.isArray(command)) return parseCommand(command.map(String), place)
  return typeof command === 'string' ? parseShellCommands(command, place) : []
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function read(file: string): string {
  try {
    const stats = statSync(file)
    return stats.isFile() && stats.size <= MAX_BYTES ? readFileSync(file, 'utf8') : ''
  } catch {
    return ''
  }
}
