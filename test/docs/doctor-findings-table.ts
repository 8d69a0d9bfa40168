import { FINDINGS } from '../../packages/agentgateway-otel/src/cli/doctor/findings/index.ts'
import { markdownTable } from './marked-section.ts'

/** The findings of `agentgateway-otel doctor`, as a table in Markdown. */
export const doctorFindingsTable = (): string =>
  markdownTable([['code', 'what is found'], ...FINDINGS.map(({ code, summary }) => [`\`${code}\``, summary])])
