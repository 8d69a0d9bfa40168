import { pathToFileURL } from 'node:url'
import {
  createLock,
  type Lock,
  PasswordVerifier,
  problemOfToken,
  type SettingsSource,
} from '@agentgateway-otel/exporter'
import type { LockConfiguration } from '../configuration.ts'
import type { Log } from '../log.ts'
import { WebConfigFile } from '../web-config/web-config-file.ts'

export interface LocksOptions extends LockConfiguration {
  readonly log: Log
  readonly onError: (error: unknown) => void
}

/** Creates the lock of the scrape endpoint. While it is configured wrongly, it lets nobody in, and a line says why. */
export function createConfiguredLock({ webConfigFile, token, log, onError }: LocksOptions): Lock {
  const problem = token === undefined ? undefined : problemOfToken(token)
  const source =
    problem !== undefined
      ? closed(() =>
          log('error', `AGENTGATEWAY_METRICS_TOKEN ${problem}; ${CLOSED}, until the app is started with a right one`),
        )
      : webConfigFile === undefined
        ? OPEN
        : new WebConfigFile(webConfigFile, {
            onProblem: (problem) =>
              log('error', `AGENTGATEWAY_WEB_CONFIG_FILE: ${problem}; ${CLOSED}, until the file is right`),
            onRecovery: () => log('info', `${webConfigFile} is right again, so scrapes are let in as it says`),
          })
  const workerFile = new URL('bcrypt-worker.cjs', import.meta.url)
  return createLock({
    source,
    token: problem === undefined ? token : undefined,
    verifier: new PasswordVerifier(workerFile),
    onError,
  })
}

const CLOSED = 'nobody is let in to scrape'

const NO_SETTINGS = { tls: undefined, headers: {}, users: new Map(), rateLimit: undefined }

/** The settings where there is no configuration file. */
const OPEN: SettingsSource = { read: () => NO_SETTINGS, current: () => NO_SETTINGS }

/** Settings that let nobody in. */
function closed(onRead: () => void): SettingsSource {
  const read = () => {
    onRead()
    return undefined
  }
  return { read, current: () => undefined }
}
