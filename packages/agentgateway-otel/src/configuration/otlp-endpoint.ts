import type { OtlpProtocol } from './configuration.ts'
import type { Variable } from './variable.ts'

/** A longer text is no URL that anybody means. */
const MAX_URL_LENGTH = 8192

/** A scheme that can be used, with something for a host. The URL parser would take a host from anywhere. */
const HTTP_URL = /^https?:\/\/[^/?#\\]/i

/** A host name or an address, IPv6 in brackets, and perhaps a port: what gRPC also takes for a target. */
const GRPC_TARGET = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i

/**
 * Returns what an OTLP endpoint may be by this protocol. Its value is a URL.
 *
 * @param isInsecure whether gRPC is to use no TLS where the endpoint has no scheme.
 */
export function endpointKind(
  protocol: OtlpProtocol,
  isInsecure: boolean,
): Pick<Variable<URL | undefined>, 'allowed' | 'parse' | 'defaultValue'> {
  const isGrpc = protocol === 'grpc'
  return {
    allowed: isGrpc
      ? 'a URL or a host and a port, such as http://localhost:4317'
      : 'a URL with a scheme, such as http://localhost:4318',
    defaultValue: undefined,
    parse(text) {
      if (text.length > MAX_URL_LENGTH || /\s/.test(text)) return undefined
      const isTarget = isGrpc && GRPC_TARGET.test(text)
      if (!isTarget && !HTTP_URL.test(text)) return undefined
      const url = URL.parse(isTarget ? `${isInsecure ? 'http' : 'https'}://${text}` : text)
      if (url === null) return undefined
      return { value: url, problems: isGrpc ? partsLeftOut(url) : [] }
    },
  }
}

/** Returns the problem that a URL for gRPC has more than a scheme, a host and a port. */
function partsLeftOut({ pathname, search, username, password }: URL): string[] {
  const parts = [
    pathname !== '/' && `the path ${pathname.length > 80 ? `${pathname.slice(0, 80)}…` : pathname}`,
    search !== '' && 'a query',
    (username !== '' || password !== '') && 'a user',
  ].filter((part) => part !== false)
  return parts.length === 0 ? [] : [`has ${parts.join(' and ')}, which gRPC does not send`]
}

/** The endpoints that the specification gives by default. */
const DEFAULTS: Readonly<Record<OtlpProtocol, string>> = {
  'http/protobuf': 'http://localhost:4318/v1/metrics',
  'http/json': 'http://localhost:4318/v1/metrics',
  grpc: 'http://localhost:4317',
}

/**
 * Returns the URL that metrics are sent to.
 *
 * @param endpoint undefined where no variable is set
 * @param isBase whether the endpoint is that of all signals, to which HTTP adds the path of one
 */
export function urlOf(protocol: OtlpProtocol, endpoint: URL | undefined, isBase: boolean): string {
  if (endpoint === undefined) return DEFAULTS[protocol]
  if (protocol === 'grpc') return endpoint.origin
  const url = new URL(endpoint)
  url.hash = ''
  if (isBase) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/metrics`
  return url.href
}
