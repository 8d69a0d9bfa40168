import { shownUrl } from '../../../otlp/shown-url.ts'
import { ScrapeError } from '../../endpoint/scrape-error.ts'
import { mayBeApp } from '../endpoint.ts'
import type { Facts } from '../facts.ts'
import { type Finding, hint, problem, type Result, unseen, well } from '../finding.ts'
import { capitalized } from '../listing.ts'

export const silentEndpoint: Finding = {
  code: 'silent-endpoint',
  summary: 'The metrics of the running app cannot be read: nothing responds, or the endpoint refuses',
  section: 'docs/troubleshooting.md#the-port-does-not-respond',
  check(facts) {
    const { url, families, error, isGiven } = facts.endpoint
    if (families !== undefined && url !== undefined) return [well(`The metrics at ${shownUrl(url.href)} can be read.`)]
    const what = `${capitalized(error?.message ?? 'the metrics cannot be read')}.`
    if (isGiven || isSomethingThere(facts)) return [unseen(what, 'What the metrics show is not looked at.')]
    return resultsWithoutApp(facts, what)
  },
}

/** Whether the app, and no other program, listens there and does not let the metrics be read. */
function isSomethingThere({ endpoint: { error }, listeners, preloaded }: Facts): boolean {
  if (!(error instanceof ScrapeError) || error.failure === 'refused') return false
  if (mayBeApp(error)) return true
  return listeners?.some(({ owner }) => preloaded.some(({ pid }) => pid === owner?.pid)) ?? false
}

function resultsWithoutApp(
  { endpoint: { error, localPort }, preloaded, settings, project, command }: Facts,
  what: string,
): readonly Result[] {
  const [process] = preloaded
  if (!(error instanceof ScrapeError)) return [hint(what, 'Give the URL of the app with --url.')]
  // Another program has the port, which is a finding of its own.
  const isSilent = /^(?:refused|unreachable)$/.test(error.failure) || localPort === undefined
  if (!isSilent) return []
  // Then it is right that nothing listens there.
  if (settings[0].configuration.disabled || settings[0].configuration.prometheus === undefined) return []
  if (process !== undefined) {
    return [
      problem(
        `Process ${process.pid} (${process.name}) has the flag, but does not serve metrics where it is configured to: ${error.message}.`,
        'Its stderr says why, on a line that begins with agentgateway-otel:. Start it again, with OTEL_LOG_LEVEL=debug if there is no such line.',
      ),
    ]
  }
  if (project === undefined && command === undefined) {
    return [
      unseen(
        'There is nothing to look at: no package.json in this directory or above it, no start command, and no app that responds.',
        'Run doctor in the directory of the app, or give it the start command behind --, or the address of the app with --url.',
      ),
    ]
  }
  return [
    hint(
      'No app with metrics runs here, so what the metrics show is not looked at.',
      'Start the app and run doctor again, or give the address of another one with --url.',
    ),
  ]
}
