import type { OtlpConfiguration } from '../../configuration/configuration.ts'
import { createTransport as createGrpcTransport } from '../../entries/otlp-grpc.ts'
import { createTransport as createHttpTransport } from '../../entries/otlp-http.ts'
import { serializer as jsonSerializer } from '../../entries/otlp-json.ts'
import { serializer as protobufSerializer } from '../../entries/otlp-protobuf.ts'
import { createOtlpExporter } from '../../otlp/exporter.ts'
import type { OtlpExports } from '../../otlp/exports.ts'
import type { OtlpTransport } from '../../otlp/transport.ts'
import { createResource, type ResourceOptions } from '../../resource.ts'

/** What became of an export without metrics. */
interface EmptyExport {
  /** Where it went, without what may be secret. */
  readonly url: string
  /** Why it was not accepted. */
  readonly error: string | undefined
  /** What is wrong although it was accepted. */
  readonly warning: string | undefined
}

/** Longer than any export takes. */
const KEPT_ALIVE_MS = 2 ** 31 - 1

/** Sends an export without metrics, in the way of the preload and with its code. */
export async function exportNothing(
  configuration: OtlpConfiguration,
  { serviceName, resourceAttributes }: Pick<ResourceOptions, 'serviceName' | 'resourceAttributes'>,
): Promise<EmptyExport> {
  const isGrpc = configuration.protocol === 'grpc'
  const transport = onlyOnce((isGrpc ? createGrpcTransport : createHttpTransport)(configuration))
  const exports: OtlpExports = {}
  let line: string | undefined
  const exporter = createOtlpExporter({
    configuration,
    getSerializer: () => (configuration.protocol === 'http/json' ? jsonSerializer : protobufSerializer),
    transport,
    log: (_, text) => {
      line = text
    },
    exports,
  })
  const resource = createResource({ serviceName, resourceAttributes, packageName: undefined, hasInstance: false })
  // Nothing of an export keeps a process alive.
  const timer = setTimeout(() => {}, KEPT_ALIVE_MS)
  try {
    const { code } = await new Promise<{ code: number }>((resolve) =>
      exporter.export({ resource, scopeMetrics: [] }, resolve),
    )
    const error = code === 0 ? undefined : (exports.last?.error ?? 'for a reason that is not known')
    return { url: exports.url ?? '', error, warning: error === undefined ? line : undefined }
  } finally {
    clearTimeout(timer)
    await exporter.shutdown()
  }
}

/** The first failure says enough, so it is not tried again. */
const onlyOnce = (transport: OtlpTransport): OtlpTransport => ({
  send: async (message, timeoutMs) => {
    const attempt = await transport.send(message, timeoutMs)
    return attempt.outcome === 'retryable' ? { outcome: 'refused', error: attempt.error } : attempt
  },
  close: () => transport.close(),
})
