import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type App, startApp } from '../harness/app.ts'
import { freePort } from '../harness/free-port.ts'

/**
 * Strings that are hard to carry from an app's labels into a scraper: each is one label value, unless UTF-8 makes two the
 * same.
 */
export const HOSTILE_VALUES: readonly string[] = [
  // Lone surrogates, which UTF-8 cannot encode.
  ...['m\ud800', 'm\udbff', 'm\udc00', 'm\ufffd', '\ud83c', '🎈', '\ud83cx'],
  // Characters that the text format escapes, and texts that would break a line or add a label.
  ...['"', '\\', '\\n', '\n', '\r\n', '\r', '\t', '"} 1\n# TYPE x counter\nx{a="b', '",le="+Inf'],
  // Characters that other formats and parsers treat as ends of lines or as marks.
  ...['\0', 'a\0b', '\u2028', '\u2029', '\ufeff', '\u007f', '\u0085'],
  // Label values of our own, and values that are too long: cut inside a character, they would be ill-formed.
  ...['_OTHER', 'unknown', '🎈'.repeat(200), 'x'.repeat(300)],
  // What separates labels, spaces that a parser might trim, and what begins comments and exemplars.
  ...['}', '{', ',', '=', ' leading', 'trailing ', ' ', '#', '} 1 # {trace_id="x"} 1 1', 'a{b="c"}', '# EOF'],
  // Text from right to left, characters that combine, and words that are numbers in other places.
  ...['שלום', '\u202eabc', 'e\u0301', '👩‍👩‍👧', 'NaN', '+Inf', '0x10'],
  // Letters that might be written in another encoding.
  ...['über', '漢字', '\u00c3\u00bc'],
]

/** The service's name, which is a label of each series. */
export const HOSTILE_GATEWAY = 'a"b\\c\nd\u2028\ufeffü🎈'

export interface HostileApp extends App {
  /** The URL of the metrics. */
  readonly url: string
}

/**
 * Starts an app that puts each hostile value into labels in every way in which an app or its peers can, and a provider of
 * models for it.
 *
 * @param children how many child processes do the same
 */
export async function startHostileApp(children: number): Promise<HostileApp> {
  const provider = createServer(async (request, response) => {
    const { model } = JSON.parse(await text(request))
    response.setHeader('content-type', 'application/json')
    const message = { role: 'assistant', content: 'x' }
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }
    response.end(JSON.stringify({ object: 'chat.completion', model, choices: [{ index: 0, message }], usage }))
  }).listen(0, '127.0.0.1')
  await once(provider, 'listening')
  const host = `127.0.0.1:${(provider.address() as AddressInfo).port}`
  const port = await freePort()
  try {
    const app = await startApp(new URL('./apps/hostile-values.js', import.meta.url), {
      env: {
        VALUES: JSON.stringify(HOSTILE_VALUES),
        CHILDREN: String(children),
        PROVIDER: `http://${host}`,
        OTEL_SERVICE_NAME: HOSTILE_GATEWAY,
        OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
        AGENTGATEWAY_LLM_HOSTS: `${host}=openai`,
        AGENTGATEWAY_HTTP_INSTRUMENTATION: 'true',
      },
    })
    return { ...app, url: `http://127.0.0.1:${port}/metrics` }
  } finally {
    // The app has made all of its calls when it is ready.
    provider.close()
    provider.closeAllConnections()
  }
}
