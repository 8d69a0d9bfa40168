import http from 'node:http'
import { until } from '../harness/until.ts'

/** A response that the client received whole. */
interface Response {
  /** The process that served it. */
  readonly pid: number
  readonly atMs: number
}

export interface Load {
  /** How many requests were begun. */
  readonly sent: () => number
  readonly responses: readonly Response[]
  /** Waits until every one of so many processes has served something. */
  servedBy(processes: number): Promise<void>
  stop(): Promise<void>
}

/**
 * Sends requests to `apps/server.cjs` and its like without pause, `concurrency` at a time, until it is stopped. A request
 * that fails is not sent again.
 */
export function startLoad(port: () => number, concurrency: number): Load {
  const agent = new http.Agent({ keepAlive: true, maxSockets: concurrency })
  const responses: Response[] = []
  let sent = 0
  let isStopped = false

  const send = () =>
    new Promise<void>((resolve) => {
      sent++
      const request = http.get({ host: '127.0.0.1', port: port(), agent }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text) => {
          body += text
        })
        response.on('end', () => responses.push({ pid: Number(body), atMs: performance.now() }))
        response.on('close', resolve)
        response.on('error', () => {})
      })
      // A cluster's primary may hand a connection to a worker that has just been killed, where no response ever comes.
      request.setTimeout(1000, () => request.destroy())
      // A server that refuses a connection now may accept one in a moment.
      request.on('error', () => setTimeout(resolve, 10))
    })
  const loops = Array.from({ length: concurrency }, async () => {
    while (!isStopped) await send()
  })
  return {
    sent: () => sent,
    responses,
    async servedBy(processes) {
      await until(
        () => new Set(responses.map(({ pid }) => pid)).size >= processes || undefined,
        () => `responses of ${processes} processes, among ${responses.length}`,
      )
    },
    async stop() {
      isStopped = true
      await Promise.all(loops)
      agent.destroy()
    },
  }
}
