import { Agent, type IncomingMessage, request } from 'node:http'

/** What an exposition is written in, and how it is compressed. */
export interface Accepted {
  readonly format: 'text' | 'openmetrics'
  readonly encoding: 'identity' | 'gzip'
}

const ACCEPT = {
  text: 'text/plain;version=0.0.4',
  openmetrics: 'application/openmetrics-text;version=1.0.0',
} as const

const TYPE = { text: 'text/plain', openmetrics: 'application/openmetrics-text' } as const

/** Scrapes one endpoint, over one connection that is kept alive as Prometheus does. */
export class ScrapeClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #port: number
  readonly #headers: Readonly<Record<string, string>>
  readonly #accepted: Accepted

  constructor(port: number, accepted: Accepted) {
    this.#port = port
    this.#accepted = accepted
    this.#headers = { accept: ACCEPT[accepted.format], 'accept-encoding': accepted.encoding }
  }

  /** Scrapes once, throws the body away, and returns how many bytes it had and how long it took. */
  async scrape(): Promise<{ bytes: number; wallMs: number }> {
    const startMs = performance.now()
    let bytes = 0
    const response = await this.#get()
    for await (const chunk of response) bytes += (chunk as Buffer).length
    return { bytes, wallMs: performance.now() - startMs }
  }

  /** Scrapes once and returns the body, which must not be compressed. */
  async read(): Promise<string> {
    const response = await this.#get()
    return Buffer.concat(await response.toArray()).toString()
  }

  close(): void {
    this.#agent.destroy()
  }

  #get(): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port: this.#port,
        path: '/metrics',
        agent: this.#agent,
        headers: this.#headers,
      }
      request(options, (response) => {
        const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = response.headers
        const isAccepted = type.startsWith(TYPE[this.#accepted.format]) && encoding === this.#accepted.encoding
        if (response.statusCode === 200 && isAccepted) return resolve(response)
        response.resume()
        reject(new Error(`the endpoint responded with ${response.statusCode} and ${type}, ${encoding}`))
      })
        .on('error', reject)
        .end()
    })
  }
}
