import { readFileSync } from 'node:fs'
import { FRAMEWORKS } from '../interop/frameworks.ts'
import { markdownTable } from './marked-section.ts'

/** What an app has to do, by what the framework needs. */
const NEEDS = {
  nothing: 'nothing',
  context: 'nothing; without hooks [one line](#setroute)',
  template: 'nothing; without hooks `setRoute(request, template)`',
  server: 'nothing; without hooks `setRoute(request, template)` in a server of its own',
} as const

/** The frameworks whose routes are found, as a table in Markdown: tested versions, and what the app has to do. */
export function frameworksTable(): string {
  return markdownTable([
    ['the app is built with', 'tested versions', 'and needs'],
    ...FRAMEWORKS.map(({ name, packages, folder, needs }) => [
      name,
      packages.map((own) => versionOf(own, folder)).join(', '),
      NEEDS[needs],
    ]),
  ])
}

function versionOf(name: string, folder: string): string {
  const url = new URL(`../interop/${folder}/node_modules/${name}/package.json`, import.meta.url)
  const { name: actual, version } = JSON.parse(readFileSync(url, 'utf8'))
  return `\`${actual}\` ${version}`
}
