import type { Address, ScrapeEndpoint } from '@agentgateway-otel/exporter'
import { hasGroups, type Origin, openDoor, type Place, placeFor, type Sharing } from '@agentgateway-otel/processes'
import { ignoreServer } from '@agentgateway-otel/wire'
import { loadBundle } from './load-bundle.ts'
import type { Log } from './log.ts'
import { UNNAMED } from './resource.ts'
import { VERSION } from './version.ts'

export interface ServeOptions extends Address {
  /** Whether each process has an endpoint of its own. */
  readonly perProcess: boolean
  readonly origin: Origin
  readonly report: (fault: unknown) => void
  readonly log: Log
}

/** Begins to serve the metrics: those of the app, in whichever of its processes, or of this process alone. */
export function serve(endpoint: ScrapeEndpoint, options: ServeOptions): void {
  const { host, port, perProcess, log, report } = options
  ignoreServer(endpoint.server)
  const announce = ({ url }: { url: string }) => log('info', `${VERSION}, metrics on ${url}`)
  const giveUp = (error: NodeJS.ErrnoException) => log('error', explain(error, { host, port }))

  const listening = endpoint.listen({ host, port })
  // A port that the system chooses is nobody else's.
  if (port === 0) listening.then(announce, giveUp)
  else if (perProcess) {
    listening
      .catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EADDRINUSE') throw error
        return endpoint.listen({ host, port: 0 })
      })
      .then(announce, giveUp)
  } else {
    listening
      .then(
        (where) => {
          announce(where)
          share(endpoint, options, (sharing, place) => {
            ignoreServer(openDoor(place, (socket) => sharing().receive(socket), report))
            if (hasGroups(place)) sharing().takeOver()
          })
        },
        (error: NodeJS.ErrnoException) => {
          if (error.code !== 'EADDRINUSE') return giveUp(error)
          const met = share(endpoint, options, (sharing) => void sharing().join().catch(report))
          if (!met) giveUp(error)
        },
      )
      .catch(report)
  }
}

/**
 * Has this process meet the others of its app.
 *
 * @returns whether there is a place to meet at; where there is none, the app is the better for one line and no more.
 */
function share(
  endpoint: ScrapeEndpoint,
  { host, port, origin, report, log }: ServeOptions,
  meet: (sharing: () => Sharing, place: Place) => void,
): boolean {
  let place: Place
  try {
    place = placeFor({ host, port })
  } catch (error) {
    log('debug', `the processes of an app cannot meet, each is alone: ${(error as Error).message}`)
    return false
  }
  let loaded: Sharing | undefined
  const load = () => {
    const { Sharing: Loaded } = loadBundle('sharing')
    const gateway = origin.service ?? UNNAMED
    const address = { host, port }
    return new Loaded({ endpoint, address, place, origin, gateway, onDoor: ignoreServer, onError: report, log })
  }
  meet(() => (loaded ??= load()), place)
  return true
}

function explain({ code, message }: NodeJS.ErrnoException, { host, port }: Address): string {
  const consequence = 'so this process serves no metrics'
  if (code === 'EADDRINUSE') {
    return `port ${port} is in use, ${consequence}; set OTEL_EXPORTER_PROMETHEUS_PORT to a free one`
  }
  if (code === 'EACCES') {
    return `port ${port} needs privileges, ${consequence}; set OTEL_EXPORTER_PROMETHEUS_PORT to one above 1023`
  }
  return `cannot listen on ${host}:${port} (${code ?? message}), ${consequence}; set OTEL_EXPORTER_PROMETHEUS_HOST to an address of this machine`
}
