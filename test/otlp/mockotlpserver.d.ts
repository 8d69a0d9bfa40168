/** What is used here of a package that has no types of its own. */
declare module '@elastic/mockotlpserver' {
  export class MockOtlpServer {
    constructor(options: {
      services: readonly ('http' | 'grpc' | 'ui')[]
      httpHostname: string
      /** 0 takes a free one. */
      httpPort: number
      grpcHostname: string
      /** 0 takes a free one. */
      grpcPort: number
      logLevel: string
      /** Called with each decoded ExportMetricsServiceRequest. */
      onMetrics(request: unknown): void
      /** Called with each decoded ExportTraceServiceRequest. */
      onTrace?(request: unknown): void
    })
    readonly httpUrl: URL | undefined
    /** The server keeps the URL for gRPC to itself. */
    readonly _grpcService: { readonly url: URL } | null
    start(): Promise<void>
    close(): Promise<void>
  }
}
