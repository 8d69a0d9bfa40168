import { splitNodeOptions } from '../../../preload-flag.ts'
import { KNOWN_AGENTS, type KnownAgent } from '../agents.ts'
import type { Facts } from '../facts.ts'
import { type Finding, hint, type Result } from '../finding.ts'
import { PACKAGE, REGISTER } from '../launches/flag-uses.ts'
import type { Launch } from '../launches/launch.ts'

export const otherAgents: Finding = {
  code: 'other-agents',
  summary:
    'Another agent or SDK of telemetry is in the app; it works beside this package, and the table says what to know',
  section: 'packages/agentgateway-otel/README.md#beside-other-agents',
  check: (facts) => KNOWN_AGENTS.flatMap((agent) => resultOf(agent, facts) ?? []),
}

function resultOf({ name, known, changesLaterFlags = false }: KnownAgent, facts: Facts): Result | undefined {
  const { launches, settings, project } = facts
  const flags = [
    ...launches.map((launch) => ({ source: launch.source, words: wordsOf(launch) })),
    ...settings.map(({ source, environment }) => ({ source, words: splitNodeOptions(environment.NODE_OPTIONS ?? '') })),
  ].filter(({ words }) => words.some((word) => names(word, name)))
  const [flag] = flags
  if (flag === undefined && project?.dependencies.has(name) !== true) return undefined
  const what = `${name} is in ${flag?.source ?? 'package.json'}. It works beside this package.${known === undefined ? '' : ` ${withoutMarks(known)}.`}`
  const late = flags.find(({ words }) => isBehind(words, name))
  if (changesLaterFlags && late !== undefined) {
    return hint(
      what,
      `In ${late.source} the flag of this package stands behind it: put --import ${REGISTER} before it.`,
    )
  }
  return { level: 'hint', what }
}

const wordsOf = ({ options, environment }: Launch) => [...splitNodeOptions(environment.NODE_OPTIONS ?? ''), ...options]

/** Whether a word of the options names a module of the package, by its name or its path. */
function names(word: string, name: string): boolean {
  const specifier = word.replace(/^--?[\w-]+=/, '').replaceAll('\\', '/')
  return `${specifier}/`.startsWith(`${name}/`) || `${specifier}/`.includes(`node_modules/${name}/`)
}

/** Whether this package is loaded after another one. */
function isBehind(words: readonly string[], name: string): boolean {
  const other = words.findIndex((word) => names(word, name))
  return words.some((word, index) => index > other && (names(word, PACKAGE) || word.includes(`/${PACKAGE}/dist/`)))
}

/** The README's marks of code are of no use in a terminal. */
const withoutMarks = (text: string) => text.replaceAll('`', '').replace(/: see below$/, '')
