import { COMPARED_AGENTS, readComparison } from '../interop/beside/results.ts'
import { markdownTable } from './marked-section.ts'

/** How an app is loaded, or which of several forms it has, which is no part of its name here. */
const VARIANT = /, by (?:import|require|the flag alone)$|: \w+$/

/**
 * The apps of packages that the tests install by an alias, beside another version. Agents know a package by its folder in
 * `node_modules`, so nothing follows from what they find there.
 */
const ALIASED = [
  'Express 4',
  'Express 5 with routers of router 2.2',
  'express4',
  'Fastify 4',
  'find-my-way-7',
  'h3 1',
  'polka-1',
  'restana-4',
  'router-1',
  'router-2.2',
  'Router of express4',
]

/** What agents write differently of the same template. */
const WRITING = /[\\()]|(?<=.)\/$/g

/** The routes that other agents report for the requests of the tests' apps, as a table in Markdown. */
export function comparedRoutesTable(): string {
  const { versions, requests } = readComparison()
  const served = requests.filter(({ app, expected }) => !expected.endsWith(' unknown') && !isAliased(app))
  const byApp = Map.groupBy(served, ({ app }) => app.replace(VARIANT, ''))
  return markdownTable([
    [
      'app of the tests',
      'requests to its routes',
      'right here',
      ...COMPARED_AGENTS.flatMap((agent) => [`right by \`${agent}\` ${versions[agent]}`, 'wrong']),
    ],
    ...[...byApp]
      .sort(([a], [b]) => a.localeCompare(b, 'en'))
      .map(([app, own]) => {
        const ofAgents = COMPARED_AGENTS.map((agent) => own.filter((request) => request.agent === agent))
        const count = Math.max(...ofAgents.map(({ length }) => length))
        const columns = ofAgents.flatMap((compared) => {
          const found = compared.filter((request) => request.found !== undefined)
          const right = found.filter(({ expected, found = '' }) => isSame(found, expected.replace(/^\d+ /, '')))
          // An agent may keep an app from starting.
          return compared.length === 0 ? ['', ''] : [String(right.length), String(found.length - right.length)]
        })
        return [app, String(count), String(count), ...columns]
      }),
  ])
}

const isAliased = (app: string) => ALIASED.some((alias) => app.startsWith(alias))

const isSame = (a: string, b: string) => a.replaceAll(WRITING, '') === b.replaceAll(WRITING, '')
