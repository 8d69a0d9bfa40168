import type { Variable } from '../../packages/agentgateway-otel/src/configuration/variable.ts'
import { VARIABLES } from '../../packages/agentgateway-otel/src/configuration/variables.ts'
import { markdownTable } from './marked-section.ts'
import { NOT_IMPLEMENTED } from './specification-variables.ts'

const ALL: readonly Variable<unknown>[] = Object.values(VARIABLES)

/** Returns the table of the READMEs: the settings that most users need. */
export const configurationTable = (): string =>
  table(
    ['variable', 'default', 'effect'],
    ALL.filter(({ documentation }) => documentation.isRare !== true),
    (variable) => [namesOf(variable), defaultOf(variable), variable.documentation.effect],
  )

/** Returns the table of all settings by OpenTelemetry's own variables, beside what the specification says of them. */
export const openTelemetryVariablesTable = (): string =>
  table(
    ['variable', 'by OpenTelemetry', 'here', 'default here'],
    ALL.filter(({ documentation }) => documentation.specification !== undefined),
    (variable) => [
      namesOf(variable),
      variable.documentation.specification ?? '',
      variable.documentation.effect,
      defaultOf(variable),
    ],
  )

/** Returns the table of all settings by variables of this package. */
export const ownVariablesTable = (): string =>
  table(
    ['variable', 'default', 'allowed', 'effect'],
    ALL.filter(({ documentation }) => documentation.specification === undefined),
    (variable) => [namesOf(variable), defaultOf(variable), variable.allowed, variable.documentation.effect],
  )

/** Returns the table of the specification's variables that have no effect here. */
export const otherVariablesTable = (): string =>
  markdownTable([
    ['variables', 'why they have no effect'],
    ...NOT_IMPLEMENTED.map(({ names, reason }) => [names.map(code).join(', '), reason]),
  ])

const table = (
  head: readonly string[],
  variables: readonly Variable<unknown>[],
  rowOf: (variable: Variable<unknown>) => readonly string[],
) => markdownTable([head, ...variables.map(rowOf)])

const code = (text: string) => `\`${text}\``
const namesOf = ({ names }: Variable<unknown>) => names.map(code).join(', ')

function defaultOf({ defaultValue, documentation }: Variable<unknown>): string {
  return documentation.default ?? (defaultValue === undefined ? '' : `\`${defaultValue}\``)
}
