import { resolve } from 'node:path'
import {
  createLock,
  type Lock,
  PasswordVerifier,
  problemOfToken,
  type SettingsSource,
} from '@agentgateway-otel/exporter'
import type { LockConfiguration } from '../configuration/configuration.ts'
import { fileNamed } from '../lazy.ts'
import type { Log } from '../log.ts'
import { WebConfigFile } from '../web-config/web-config-file.ts'

export interface LocksOptions extends LockConfiguration {
  readonly log: Log
  readonly onError: (error: unknown) => void
}

/**
 * Creates the lock of the scrape endpoint, in a bundle of its own, because most endpoints have none. While it is
 * configured wrongly, nobody is let in, and a line says why.
 */
export function createConfiguredLock({ webConfigFile, token, log, onError: onFault }: LocksOptions): Lock {
  const onError = reportDenial(log, onFault)
  const problem = token === undefined ? undefined : problemOfToken(token)
  const verifier = new PasswordVerifier(fileNamed('entries/bcrypt-worker.cjs'))
  if (problem !== undefined) {
    const report = () =>
      log('error', `AGENTGATEWAY_METRICS_TOKEN ${problem}; ${CLOSED} until the app starts with another`)
    return createLock({ source: closedSource(report), verifier, onError })
  }
  const source = webConfigFile === undefined ? OPEN_SOURCE : fileSource(resolve(webConfigFile), log)
  return createLock({ source, token, verifier, onError })
}

/** Returns an `onError` that logs once, and not as a fault, that the thread for passwords is not permitted. */
function reportDenial(log: Log, onFault: (error: unknown) => void): (error: unknown) => void {
  let hasReported = false
  return (error) => {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ACCESS_DENIED') return onFault(error)
    if (!hasReported) log('error', `--permission keeps passwords from being verified, so ${CLOSED}; add --allow-worker`)
    hasReported = true
  }
}

const CLOSED = 'all scrapes get status 500'

/** Settings that let nobody in. The report is made by the one process that has the port. */
function closedSource(report: () => void): SettingsSource {
  return { read: report as () => undefined, current: () => undefined }
}

const NO_SETTINGS = { tls: undefined, headers: {}, users: new Map(), rateLimit: undefined }

/** The settings of an endpoint without a configuration file. */
const OPEN_SOURCE: SettingsSource = { read: () => NO_SETTINGS, current: () => NO_SETTINGS }

function fileSource(path: string, log: Log): SettingsSource {
  return new WebConfigFile(path, {
    onProblem: (problem) => log('error', `AGENTGATEWAY_WEB_CONFIG_FILE: ${problem}; ${CLOSED} until it is right`),
    onRecovery: () => log('info', `${path} is right again, and in force`),
  })
}
