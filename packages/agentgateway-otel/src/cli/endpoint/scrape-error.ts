import { printable } from '../../printable.ts'
import { CommandError } from '../command-error.ts'
import type { Response } from './response.ts'
import type { Target } from './target.ts'

/** In which way a scrape failed. */
export type ScrapeFailure =
  /** Nothing listens there. */
  | 'refused'
  /** The host cannot be found or reached. */
  | 'unreachable'
  | 'timed-out'
  /** The connection was closed without a whole response. */
  | 'closed'
  /** There is no TLS connection that can be trusted. */
  | 'tls'
  /** What responds is not HTTP. */
  | 'not-http'
  /** Credentials are missing or wrong: 401 and 403. */
  | 'unauthorized'
  /** The endpoint has too much to do: 429 and 503. */
  | 'busy'
  | 'not-found'
  /** Another status. */
  | 'status'
  /** There is a response, but not of metrics. */
  | 'not-metrics'
  | 'too-large'

/** Node's codes of a certificate whose authority is not known. */
const UNKNOWN_AUTHORITY =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/

const TLS_HINT = 'if the endpoint has TLS, write https:// in --url'
const CLIENT_CERTIFICATE_HINT =
  'if the endpoint wants a client certificate, give it one that it trusts with --cert and --key'

/** The metrics of an app could not be read. The message says why, and what to do. */
export class ScrapeError extends CommandError {
  override readonly name = 'ScrapeError'
  readonly failure: ScrapeFailure
  /** The status of the response, where there was one. */
  readonly status: number | undefined

  constructor(failure: ScrapeFailure, message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, options)
    this.failure = failure
    this.status = options.status
  }

  static timedOut(url: URL, timeoutMs: number): ScrapeError {
    return new ScrapeError(
      'timed-out',
      `${url} has not responded within ${timeoutMs / 1000} s; the process may be busy or stopped, or a firewall is between`,
    )
  }

  static tooLarge(url: URL, maxBytes: number): ScrapeError {
    return new ScrapeError(
      'too-large',
      `${url} sends more than ${maxBytes / 1024 / 1024} MiB; select metrics by ?name[]= in --url`,
    )
  }

  /** Makes the error of a request that got no whole response. */
  static ofConnection(error: NodeJS.ErrnoException, url: URL, target: Target): ScrapeError {
    if (error instanceof ScrapeError) return error
    const { code = '' } = error
    const fail = (failure: ScrapeFailure, message: string) => new ScrapeError(failure, message, { cause: error })
    const tls = url.protocol === 'https:' ? problemOfTls(error, url, target) : undefined
    if (tls !== undefined) return fail('tls', tls)
    switch (code) {
      case 'ECONNREFUSED':
        return fail(
          'refused',
          `nothing listens at ${url}; start the app with "npx agentgateway-otel run -- node app.js", or give the address of another one with --url`,
        )
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
        return fail('unreachable', `there is no host ${url.hostname} (${code}); is --url right?`)
      case 'ECONNRESET':
      case 'EPIPE':
        return fail(
          'closed',
          `${url} closed the connection without a whole response; ${url.protocol === 'http:' ? TLS_HINT : CLIENT_CERTIFICATE_HINT}`,
        )
      default:
        return code.startsWith('HPE_')
          ? fail('not-http', `what listens at ${url} does not speak HTTP (${code}); ${TLS_HINT}`)
          : fail('unreachable', `${url} cannot be reached (${code || printable(error.message)})`)
    }
  }

  /** Makes the error of a response whose status is not 200. */
  static ofStatus({ status, headers, text }: Response, url: URL, { credentials }: Target): ScrapeError {
    const fail = (failure: ScrapeFailure, message: string) => new ScrapeError(failure, message, { status })
    switch (status) {
      case 401:
        return fail(
          'unauthorized',
          `${url} ${credentials === undefined ? 'wants credentials' : `does not accept ${credentials.source}`} (401); ${credentialsHint(headers['www-authenticate'])}`,
        )
      case 403:
        return fail('unauthorized', `${url} does not let this client read the metrics (403)`)
      case 404:
        return fail(
          'not-found',
          `there is nothing at ${url} (404); ${url.pathname === '/metrics' ? 'another server may have that port: is --url right?' : 'the metrics of an app are at /metrics'}`,
        )
      case 429:
      case 503:
        return fail('busy', `${url} has more to do than it takes at once (${status}); try again in a moment`)
      case 500:
        return fail('status', `the app could not collect its metrics (500); it says why on its stderr`)
      default: {
        const { location } = headers
        const hint = location === undefined ? excerpt(text) : `it redirects to ${excerpt(location)}`
        return fail('status', `${url} responded with status ${status}${hint && `: ${hint}`}`)
      }
    }
  }

  static notMetrics({ headers }: Response, url: URL): ScrapeError {
    const type = headers['content-type'] ?? 'no content type'
    return new ScrapeError(
      'not-metrics',
      `what ${url} responds with is not metrics (${excerpt(type)}); another server may have that port: is --url right?`,
    )
  }
}

function problemOfTls(error: NodeJS.ErrnoException, url: URL, { tls }: Target): string | undefined {
  const { code = '', message } = error
  if (UNKNOWN_AUTHORITY.test(code)) {
    return `the authority of the certificate of ${url} is not trusted (${code}); name the file of the authority's certificate with --ca or in NODE_EXTRA_CA_CERTS`
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const { cert } = error as { cert?: { subjectaltname?: string } }
    return `the certificate of ${url} is for other hosts (${excerpt(cert?.subjectaltname ?? 'it names none')}); name one of them in --url`
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return `the certificate of ${url} ${code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'}; is the clock of this machine right?`
  }
  if (/wrong.version.number|packet.length.too.long/i.test(message)) {
    return `what listens at ${url} has no TLS; write http:// in --url`
  }
  if (/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE$/.test(code) && tls.cert === undefined) {
    return `${url} wants a client certificate (${code}); give one with --cert and --key`
  }
  if (/^ERR_SSL_|^ERR_OSSL_|^ERR_TLS_|^EPROTO$|CERT/.test(code)) {
    return `there is no TLS connection to ${url} (${code}): ${excerpt(message)}`
  }
  return undefined
}

/** Says which credentials a response with status 401 asks for. */
function credentialsHint(challenge = ''): string {
  const ways = [
    /\bbearer\b/i.test(challenge) && 'set AGENTGATEWAY_METRICS_TOKEN to the token that the app has',
    /\bbasic\b/i.test(challenge) && 'write user:password@ before the host in --url',
  ].filter((way) => way !== false)
  return ways.join(', or ') || 'it does not say which'
}

const MAX_CHARACTERS = 200

/** Returns the beginning of a text of another process, as one line that cannot control the terminal. */
function excerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return printable(line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS)}…` : line)
}
