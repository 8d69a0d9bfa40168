import type { Status } from '@agentgateway-otel/exporter/page'
import type { Families } from '@agentgateway-otel/exporter/reading'
import type { Environment } from '../../configuration/configuration.ts'
import { CommandError } from '../command-error.ts'
import { fetchStatus, scrape } from '../endpoint/scrape.ts'
import { ScrapeError } from '../endpoint/scrape-error.ts'
import { type EndpointOptions, type Target, targetOf } from '../endpoint/target.ts'

/** The endpoint of a running app, as far as it could be seen. */
export interface SeenEndpoint {
  /** Where it is; undefined where the configuration does not tell. */
  readonly url: URL | undefined
  /** Whether the user has named it. */
  readonly isGiven: boolean
  /** Its port, where it is on this machine. */
  readonly localPort: number | undefined
  /** The metrics; undefined where there are none to read. */
  readonly families: Families | undefined
  /** What the app tells its page; undefined where it does not, and for other programs. */
  readonly status: Status | undefined
  /** Why the metrics could not be read. */
  readonly error: CommandError | undefined
  /** Whether credentials were sent. */
  readonly hasCredentials: boolean
}

/** How long the app may take to respond, in milliseconds. */
const TIMEOUT_MS = 5000

/**
 * Reads the endpoint that the options name, or else the one that the environment would give an app.
 *
 * @throws CommandError when the options are wrong
 */
export async function lookAtEndpoint(options: EndpointOptions, environment: Environment): Promise<SeenEndpoint> {
  const isGiven = options.url !== undefined
  const none = { isGiven, families: undefined, status: undefined, error: undefined, hasCredentials: false }
  let target: Target
  try {
    target = targetOf(options, environment)
  } catch (error) {
    if (isGiven || !(error instanceof CommandError)) throw error
    return { ...none, url: undefined, localPort: undefined, error }
  }
  const { url } = target
  const seen = { ...none, url, localPort: localPortOf(url), hasCredentials: target.credentials !== undefined }
  try {
    const { families } = await scrape(target, { timeoutMs: TIMEOUT_MS })
    return { ...seen, families, status: await fetchStatus(target, { timeoutMs: TIMEOUT_MS }) }
  } catch (error) {
    if (error instanceof ScrapeError) return { ...seen, error }
    throw error
  }
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0)$/i

function localPortOf({ hostname, port, protocol }: URL): number | undefined {
  if (!LOOPBACK.test(hostname)) return undefined
  return Number(port) || (protocol === 'https:' ? 443 : 80)
}

/** Whether an endpoint of this package may be what failed like this: it refuses, or has TLS. */
export const mayBeApp = ({ failure }: ScrapeError): boolean => /^(?:unauthorized|busy|tls|closed)$/.test(failure)
