import { type Finding, hint } from '../finding.ts'

export const unseenProcesses: Finding = {
  code: 'unseen-processes',
  summary: 'The processes of this machine cannot be seen on this system, only on Linux',
  section: 'docs/troubleshooting.md#doctor',
  check: ({ processes }) =>
    processes === undefined
      ? [
          hint(
            'The processes that run here are not looked at: that works on Linux only.',
            'Run doctor with the variables of the app, and give it the start command behind --.',
          ),
        ]
      : [],
}
