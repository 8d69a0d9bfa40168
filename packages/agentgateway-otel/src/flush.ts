import diagnostics_channel from 'node:diagnostics_channel'

/** A call of `flush`. Whoever has something to send calls `waitFor` at once, with a promise that never rejects. */
export interface FlushMessage {
  waitFor(sent: Promise<void>): void
}

/**
 * The diagnostics channel from `flush` to the preload. The two are in different copies of this package: the preload is a
 * bundle, and the app may be bundled, too.
 */
export const FLUSH_CHANNEL = 'agentgateway-otel:flush'

const channel = diagnostics_channel.channel(FLUSH_CHANNEL)

/**
 * Sends what was counted until now to the OTLP collector, without waiting for the next interval: at the end of a job, or
 * of an invocation of a function that is frozen until the next one.
 *
 * If an export is under way, `flush` waits for its end, and then makes another. Each of them takes
 * `OTEL_EXPORTER_OTLP_TIMEOUT` at most (10 seconds by default). The process stays alive until the promise is settled.
 * Calls that come together share an export. A request, call or message that has not ended is not counted yet, so await it
 * first; for an LLM call, read its response to the end.
 *
 * It never rejects. An export that fails is reported on stderr, as every export is. It resolves at once where nothing is
 * sent by OTLP: without the preload, or without a collector in the configuration.
 */
export async function flush(): Promise<void> {
  if (!channel.hasSubscribers) return
  const sent: Promise<void>[] = []
  channel.publish({ waitFor: (promise) => void sent.push(promise) } satisfies FlushMessage)
  await Promise.all(sent)
}
