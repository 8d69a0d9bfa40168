import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ScriptedEndpoint {
  readonly url: string
  /** How many scrapes it has responded to. */
  scrapes(): number
  close(): void
}

/** Serves these expositions, one for each scrape, and the last one from then on. */
export async function startScriptedEndpoint(expositions: readonly string[]): Promise<ScriptedEndpoint> {
  let scrapes = 0
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8')
    response.end(expositions[Math.min(scrapes++, expositions.length - 1)])
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    scrapes: () => scrapes,
    close: () => server.close(),
  }
}

/** Writes an exposition of these families: the kind of each, and the samples by what stands before their values. */
export function exposition(
  families: Readonly<Record<string, { readonly kind: string; readonly samples: Readonly<Record<string, number>> }>>,
): string {
  return Object.entries(families)
    .map(([name, { kind, samples }]) => {
      const lines = Object.entries(samples).map(([rest, value]) => `${name}${rest} ${value}\n`)
      return `# HELP ${name} Help.\n# TYPE ${name} ${kind}\n${lines.join('')}`
    })
    .join('')
}
