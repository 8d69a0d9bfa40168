import { Agent, type IncomingMessage, request } from 'node:http'

/** The format of an exposition, and how it is compressed. */
export interface Accepted {
  readonly format: 'text' | 'openmetrics'
  readonly encoding: 'identity' | 'gzip'
}

const MEDIA_TYPES = {
  text: { name: 'text/plain', version: '0.0.4' },
  openmetrics: { name: 'application/openmetrics-text', version: '1.0.0' },
} as const

/** Scrapes one server, over one connection that is kept alive, as Prometheus does. */
export class ScrapeClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  /**
   * Scrapes once, and returns the body.
   *
   * @throws Error when the response is not what was asked for
   */
  async scrape({ format, encoding }: Accepted): Promise<Buffer> {
    const { name, version } = MEDIA_TYPES[format]
    const response = await this.#get({ accept: `${name};version=${version}`, 'accept-encoding': encoding })
    const body = Buffer.concat(await response.toArray())
    const { 'content-type': type = '', 'content-encoding': received = 'identity' } = response.headers
    if (response.statusCode === 200 && type.startsWith(name) && received === encoding) return body
    throw new Error(`the response to a scrape has the status ${response.statusCode}, and is ${type}, ${received}`)
  }

  close(): void {
    this.#agent.destroy()
  }

  #get(headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
    const options = { host: '127.0.0.1', port: this.#port, path: '/metrics', agent: this.#agent, headers }
    return new Promise((resolve, reject) => request(options, resolve).on('error', reject).end())
  }
}
