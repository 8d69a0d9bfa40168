import { MockOtlpServer } from '@elastic/mockotlpserver'

interface OtlpListeners {
  /** Called with each decoded ExportMetricsServiceRequest. */
  onMetrics(request: unknown): void
  /** Called with each decoded ExportTraceServiceRequest. */
  onTrace?(request: unknown): void
}

/**
 * A collector for OTLP by HTTP and by gRPC, on free ports of the loopback interface. If a test process starts several
 * collectors, each of them calls the listeners of all.
 */
export async function startOtlpCollector(listeners: OtlpListeners) {
  const server = new MockOtlpServer({
    services: ['http', 'grpc'],
    httpHostname: '127.0.0.1',
    httpPort: 0,
    grpcHostname: '127.0.0.1',
    grpcPort: 0,
    logLevel: 'error',
    ...listeners,
  })
  await server.start()
  const { httpUrl } = server
  const grpcUrl = server._grpcService?.url
  if (httpUrl === undefined || grpcUrl === undefined) throw new Error('the collector has no URL')
  return { endpoint: httpUrl.href, grpcEndpoint: grpcUrl.href, close: () => server.close() }
}
