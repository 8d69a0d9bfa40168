import type { Address, ScrapeEndpoint } from '@agentgateway-otel/exporter'
import {
  hasGroups,
  type Origin,
  onCleanExit,
  openDoor,
  type Place,
  placeFor,
  type Sharing,
} from '@agentgateway-otel/processes'
import { guarded, ignoreServer } from '@agentgateway-otel/wire'
import { loadBundle } from './lazy.ts'
import type { Log } from './log.ts'
import { UNNAMED } from './resource.ts'
import { VERSION } from './version.ts'

export interface ServeOptions extends Address {
  /** Whether each process has an endpoint of its own. */
  readonly perProcess: boolean
  readonly origin: Origin
  readonly report: (fault: unknown) => void
  readonly log: Log
  /** Is called at the process's clean end, before its last numbers are kept: counts what waits for more to come. */
  readonly settle: () => void
}

/** Begins to serve the metrics: those of the app, in whichever of its processes, or of this process alone. */
export function serve(endpoint: ScrapeEndpoint, options: ServeOptions): void {
  const { host, port, perProcess, log } = options
  ignoreServer(endpoint.server)
  const announce = (url: string) => log('info', `${VERSION}, metrics on ${url}`)
  const giveUp = (error: NodeJS.ErrnoException) => log('error', explain(error, { host, port }))

  // A port that the system chooses is nobody else's.
  if (port === 0) endpoint.bind({ host, port }, announce, giveUp)
  else if (perProcess) {
    endpoint.bind({ host, port }, announce, (error) => {
      if (error.code !== 'EADDRINUSE') giveUp(error)
      else endpoint.bind({ host, port: 0 }, announce, giveUp)
    })
  } else {
    const meeting = meet(endpoint, options)
    // An address that needs no look-up is bound, and the processes of the app meet, before the app's first line: a process
    // that it starts finds this one, however busy it is, and nothing that the app changes or watches is in the way.
    endpoint.bind(
      { host, port },
      guarded((url: string) => {
        announce(url)
        meeting?.lead()
      }),
      guarded((error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE' && meeting !== undefined) meeting.join()
        else giveUp(error)
      }),
    )
  }
}

/** How this process and the others of its app come together. */
interface Meeting {
  /** For the process that has the port. */
  lead(): void
  /** For a process that has not. */
  join(): void
}

/** @returns undefined where there is no place to meet at: the app is the better for one line and no more. */
function meet(endpoint: ScrapeEndpoint, options: ServeOptions): Meeting | undefined {
  const { host, port, origin, report, log, settle } = options
  const place = findPlace(options)
  if (place === undefined) return undefined
  let hasWarned = false
  const onError = (error: unknown) => {
    if (!isOfPlace(error)) return report(error)
    if (!hasWarned) log('warn', cannotMeet(error))
    hasWarned = true
  }
  let loaded: Sharing | undefined
  const sharing = (): Sharing => {
    if (loaded === undefined) {
      const { Sharing: Loaded } = loadBundle('sharing')
      const gateway = origin.service ?? UNNAMED
      const address = { host, port }
      loaded = new Loaded({ endpoint, address, place, origin, gateway, onDoor: ignoreServer, onError, log })
    }
    return loaded
  }
  let hasPort = false
  onCleanExit(() => {
    // Alone, a process leaves nothing behind.
    if (hasPort && loaded === undefined && !hasGroups(place)) return
    try {
      settle()
    } finally {
      sharing().end()
    }
  })
  return {
    lead() {
      hasPort = true
      ignoreServer(openDoor(place, (socket) => sharing().receive(socket), onError))
      const takeOver = () => {
        if (hasGroups(place)) sharing().takeOver()
      }
      takeOver()
      endpoint.onScrape(takeOver)
    },
    join: () => void sharing().join().catch(report),
  }
}

function findPlace({ host, port, log }: ServeOptions): Place | undefined {
  try {
    return placeFor({ host, port })
  } catch (error) {
    log('warn', cannotMeet(error))
    return undefined
  }
}

/** Whether it is the directory that is at fault, or the disk, and not this package. */
const isOfPlace = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'code' in error

const cannotMeet = (error: unknown) =>
  `the processes of this app cannot meet, so that each counts alone (${(error as Error).message}); set TMPDIR to a directory that this user can write to`

function explain({ code, message }: NodeJS.ErrnoException, { host, port }: Address): string {
  const consequence = 'so this process serves no metrics'
  if (code === 'EADDRINUSE') {
    return `port ${port} is in use, ${consequence}; set OTEL_EXPORTER_PROMETHEUS_PORT to a free one`
  }
  if (code === 'EACCES') {
    return `port ${port} needs privileges, ${consequence}; set OTEL_EXPORTER_PROMETHEUS_PORT to one above 1023`
  }
  return `cannot listen on ${host ?? 'any address'}:${port} (${code ?? message}), ${consequence}; set OTEL_EXPORTER_PROMETHEUS_HOST to an address of this machine`
}
