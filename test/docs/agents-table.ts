import { readFileSync } from 'node:fs'
import { AGENTS, type Agent } from '../interop/coexistence/agents.ts'
import { markdownTable } from './marked-section.ts'

/** The agents that are tested, as a table in Markdown: package, version, how it is loaded and what is known. */
export function agentsTable(): string {
  return markdownTable([
    ['agent', 'tested version', 'loaded', 'what is known'],
    ...Object.values(AGENTS).map((agent) => [
      agent.packages.map((name) => `\`${name}\``).join(', '),
      agent.packages.map((name) => versionOf(name, agent)).join(', '),
      [
        agent.flags.cjs || agent.flags.mjs ? 'by a flag before or after' : [],
        agent.inside.cjs || agent.inside.mjs ? 'by the app' : [],
      ]
        .flat()
        .join(', '),
      agent.known ?? '',
    ]),
  ])
}

function versionOf(name: string, { folder }: Agent): string {
  const url = new URL(`../interop/coexistence/${folder ?? '.'}/node_modules/${name}/package.json`, import.meta.url)
  return JSON.parse(readFileSync(url, 'utf8')).version
}
