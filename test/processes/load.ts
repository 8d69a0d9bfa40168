import http from 'node:http'

/** An answer that a client had as a whole. */
interface Answer {
  /** Who served it. */
  readonly pid: number
  readonly atMs: number
}

export interface Load {
  /** Requests that were begun. */
  readonly sent: () => number
  readonly answers: readonly Answer[]
  stop(): Promise<void>
}

/** Asks over and over again, so many at a time; requests that fail are tried no second time. */
export function startLoad(port: () => number, atOnce: number): Load {
  const agent = new http.Agent({ keepAlive: true, maxSockets: atOnce })
  const answers: Answer[] = []
  let sent = 0
  let isStopped = false

  const ask = () =>
    new Promise<void>((resolve) => {
      sent++
      const request = http.get({ host: '127.0.0.1', port: port(), agent }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text) => {
          body += text
        })
        response.on('end', () => answers.push({ pid: Number(body), atMs: performance.now() }))
        response.on('close', resolve)
        response.on('error', () => {})
      })
      // A cluster's primary may hand a connection to a worker that has just been killed: nobody ever answers.
      request.setTimeout(1000, () => request.destroy())
      // Who does not accept now may in a moment.
      request.on('error', () => setTimeout(resolve, 10))
    })
  const loops = Array.from({ length: atOnce }, async () => {
    while (!isStopped) await ask()
  })
  return {
    sent: () => sent,
    answers,
    async stop() {
      isStopped = true
      await Promise.all(loops)
      agent.destroy()
    },
  }
}
