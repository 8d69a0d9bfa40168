import { MockOtlpServer } from '@elastic/mockotlpserver'

interface OtlpListeners {
  /** Called with each decoded ExportMetricsServiceRequest. */
  onMetrics(request: unknown): void
  /** Called with each decoded ExportTraceServiceRequest. */
  onTrace?(request: unknown): void
}

/**
 * A collector for OTLP by HTTP on a free port of the loopback interface. If a test process starts several collectors, each
 * of them calls the listeners of all.
 */
export async function startOtlpCollector(listeners: OtlpListeners) {
  const server = new MockOtlpServer({
    services: ['http'],
    httpHostname: '127.0.0.1',
    httpPort: 0,
    logLevel: 'error',
    ...listeners,
  })
  await server.start()
  if (server.httpUrl === undefined) throw new Error('the collector has no URL')
  return { endpoint: server.httpUrl.href, close: () => server.close() }
}
