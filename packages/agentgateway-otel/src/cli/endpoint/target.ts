import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { Environment } from '../../configuration/configuration.ts'
import { EnvironmentReader } from '../../configuration/environment-reader.ts'
import { quote } from '../../configuration/quote.ts'
import { VARIABLES } from '../../configuration/variables.ts'
import { CommandError, EXIT_CODES } from '../command-error.ts'

/** What a command line says about the endpoint, as `addEndpointOptions` defines it. */
export interface EndpointOptions {
  readonly url?: string
  /** Paths of PEM files. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

/** Where the metrics of an app are, and what it takes to read them. */
export interface Target {
  /** The URL of the metrics, without credentials. */
  readonly url: URL
  readonly credentials: Credentials | undefined
  /** The contents of PEM files. `ca` takes the place of the authorities that Node.js trusts. */
  readonly tls: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer }
}

interface Credentials {
  /** Where they come from, as a message says it. */
  readonly source: string
  /** The value of the header `Authorization`. */
  readonly authorization: string
}

/**
 * Returns the endpoint that a command is to read: that of `--url`, else the one that the environment would give an app.
 * Credentials are those in the URL, else the token of `AGENTGATEWAY_METRICS_TOKEN`.
 *
 * @throws CommandError when there is no such endpoint, or a file cannot be read
 */
export function targetOf(options: EndpointOptions, environment: Environment): Target {
  const url = options.url === undefined ? localUrl(environment) : parseUrl(options.url)
  const credentials = credentialsIn(url) ?? tokenIn(environment)
  url.username = ''
  url.password = ''
  if (url.pathname === '/') url.pathname = '/metrics'
  return { url, credentials, tls: readTls(options) }
}

/** Returns the URL of an app on this machine that has this environment. */
function localUrl(environment: Environment): URL {
  const reader = new EnvironmentReader(environment)
  const { value: port } = reader.read(VARIABLES.prometheusPort)
  const { value: host = 'localhost' } = reader.read(VARIABLES.prometheusHost)
  if (port === 0) {
    throw new CommandError(
      'OTEL_EXPORTER_PROMETHEUS_PORT is 0, so the app has chosen a free port; give the URL that it wrote to stderr with --url',
    )
  }
  const url = URL.parse(`http://${urlHost(host)}:${port}`)
  if (url === null) throw new CommandError(`OTEL_EXPORTER_PROMETHEUS_HOST=${quote(host)} is no host; use --url`)
  return url
}

/** Returns a host of a URL that reaches what listens on an address. */
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return 'localhost'
  return host.includes(':') ? `[${host.replace(/%.*/s, '')}]` : host
}

function parseUrl(text: string): URL {
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`)
  if (url !== null && /^https?:$/.test(url.protocol)) return url
  throw new CommandError(`--url ${quote(text)} is no URL; write one such as http://localhost:15020`, {
    exitCode: EXIT_CODES.usage,
  })
}

function credentialsIn({ username, password }: URL): Credentials | undefined {
  if (username === '' && password === '') return undefined
  const pair = `${decode(username)}:${decode(password)}`
  return { source: 'the user and password in the URL', authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** A `%` that encodes nothing is taken as it is, as curl does. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The characters of a token that can be in a header. */
const TOKEN = /^[!-~]+$/

function tokenIn(environment: Environment): Credentials | undefined {
  const { value: token } = new EnvironmentReader(environment).read(VARIABLES.metricsToken)
  if (token === undefined || !TOKEN.test(token)) return undefined
  return { source: 'the token of AGENTGATEWAY_METRICS_TOKEN', authorization: `Bearer ${token}` }
}

function readTls({ ca, cert, key }: EndpointOptions): Target['tls'] {
  if ((cert === undefined) !== (key === undefined)) {
    throw new CommandError('--cert and --key have to be given both, or neither', { exitCode: EXIT_CODES.usage })
  }
  const tls = {
    ...(ca !== undefined && { ca: readPem('--ca', ca) }),
    ...(cert !== undefined && { cert: readPem('--cert', cert) }),
    ...(key !== undefined && { key: readPem('--key', key) }),
  }
  try {
    createSecureContext(tls)
  } catch (error) {
    throw new CommandError(
      `${['--ca', '--cert', '--key'].filter((option) => option.slice(2) in tls).join(', ')} cannot be used: ${(error as Error).message}`,
    )
  }
  return tls
}

function readPem(option: string, path: string): Buffer {
  const pem = readFile(option, path)
  // Node.js would pass over it, and then trust nobody.
  if (!pem.includes('-----BEGIN ')) throw new CommandError(`${option} ${quote(path)} is not a PEM file`)
  return pem
}

function readFile(option: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CommandError(`${option} ${quote(path)} cannot be read (${code})`)
  }
}
