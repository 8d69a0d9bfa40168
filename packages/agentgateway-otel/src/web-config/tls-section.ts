import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import { CLIENT_AUTH_TYPES, type ClientAuthType, createTlsContext, type TlsSettings } from '@agentgateway-otel/exporter'
import { CIPHER_SUITES, CURVES, OBSOLETE_TLS_VERSIONS, TLS_VERSIONS, TLS13_CIPHER_SUITES } from './go-tls-names.ts'
import type { YamlValue } from './yaml-value.ts'

const KEYS = [
  'cert',
  'key',
  'client_ca',
  'cert_file',
  'key_file',
  'client_auth_type',
  'client_ca_file',
  'client_allowed_sans',
  'min_version',
  'max_version',
  'cipher_suites',
  'prefer_server_cipher_suites',
  'curve_preferences',
] as const
type Key = (typeof KEYS)[number]
type Section = ReadonlyMap<Key, YamlValue>

/** Reads a file that the configuration names. */
export type ReadNamedFile = (value: YamlValue) => string

/** What is known of a PEM: its text, and the value of the configuration that it comes from. */
interface Pem {
  readonly text: string
  readonly source: YamlValue
}

/**
 * Reads `tls_server_config`. Without a value in it there is no TLS.
 *
 * @throws WebConfigError
 */
export function readTlsSection(value: YamlValue, readFile: ReadNamedFile): TlsSettings | undefined {
  const section = value.section(KEYS)
  if (section.size === 0) return undefined
  const cert = readPem(section, 'cert', 'cert_file', readFile) ?? value.fail('has neither cert_file nor cert')
  const key = readPem(section, 'key', 'key_file', readFile) ?? value.fail('has neither key_file nor key')
  checkKeyPair(cert, key)
  const clientCa = readPem(section, 'client_ca', 'client_ca_file', readFile)
  if (clientCa !== undefined) checkCertificates(clientCa)
  const clientAuth = readClientAuth(section, clientCa)
  const allowedSans = readAllowedSans(section, clientAuth)
  const [minVersion, maxVersion] = readVersions(section)
  const context = createContext(value, {
    cert: cert.text,
    key: key.text,
    clientCa: clientCa?.text,
    minVersion,
    maxVersion,
    ciphers: readCiphers(section),
    honorCipherOrder: section.get('prefer_server_cipher_suites')?.boolean() ?? true,
    ecdhCurve: readNames(section.get('curve_preferences'), CURVES)?.join(':'),
  })
  const ca = createHash('sha256')
    .update(clientCa?.text ?? '')
    .digest('hex')
  return { context, clientAuth, allowedSans, clientCheck: JSON.stringify([clientAuth, ca, allowedSans]) }
}

function readPem(section: Section, inline: Key, file: Key, readFile: ReadNamedFile): Pem | undefined {
  const [text, path] = [section.get(inline), section.get(file)]
  if (text !== undefined && path !== undefined) text.fail(`and ${path.name} are both set; only one can be used`)
  const source = text ?? path
  if (source?.text() === '') source.fail('is empty')
  if (text !== undefined) return { text: text.text(), source: text }
  return path && { text: readFile(path), source: path }
}

/** How the two forms of encrypted keys begin. */
const ENCRYPTED = /^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m

function checkKeyPair(cert: Pem, key: Pem): void {
  const certificate = parse(cert, 'certificate', (text) => new X509Certificate(text))
  if (ENCRYPTED.test(key.text)) key.source.fail('is an encrypted private key, which is not supported')
  const privateKey = parse(key, 'private key', createPrivateKey)
  if (!certificate.checkPrivateKey(privateKey)) key.source.fail('does not belong to the certificate')
}

const CERTIFICATES = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----.*?-----END [\w ]+-----/gs

function checkCertificates(pem: Pem): void {
  const blocks = pem.text.match(CERTIFICATES) ?? pem.source.fail('has no certificate in PEM')
  for (const text of blocks) parse({ ...pem, text }, 'certificate', (text) => new X509Certificate(text))
}

function parse<Result>({ text, source }: Pem, what: string, parser: (text: string) => Result): Result {
  try {
    return parser(text)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return source.fail(`is not a ${what} in PEM (${code})`)
  }
}

function readClientAuth(section: Section, clientCa: Pem | undefined): ClientAuthType {
  const value = section.get('client_auth_type')
  // Go's toolkit has an older name for one of them, too.
  const isOlderName = value !== undefined && !value.isNull && value.text() === 'RequireClientCert'
  const type = isOlderName ? 'RequireAnyClientCert' : (value?.oneOf(CLIENT_AUTH_TYPES) ?? 'NoClientCert')
  const isVerifying = type === 'VerifyClientCertIfGiven' || type === 'RequireAndVerifyClientCert'
  if (isVerifying && clientCa === undefined) value?.fail(`is ${type}, which needs client_ca_file`)
  if (!isVerifying && clientCa !== undefined) {
    clientCa.source.fail(`has no effect with client_auth_type ${type}; set that to RequireAndVerifyClientCert`)
  }
  return type
}

function readAllowedSans(section: Section, clientAuth: ClientAuthType): readonly string[] | undefined {
  const value = section.get('client_allowed_sans')
  if (value === undefined) return undefined
  if (clientAuth !== 'RequireAndVerifyClientCert') {
    value.fail('proves nothing unless client_auth_type is RequireAndVerifyClientCert')
  }
  return value.list().map((item) => item.text())
}

function readVersions(section: Section) {
  const min = readVersion(section.get('min_version')) ?? 'TLSv1.2'
  const max = readVersion(section.get('max_version')) ?? 'TLSv1.3'
  if (min > max) section.get('min_version')?.fail('is above max_version')
  return [min, max] as const
}

function readVersion(value: YamlValue | undefined) {
  if (value === undefined) return undefined
  if (OBSOLETE_TLS_VERSIONS.includes(value.text()))
    value.fail(`is ${value.text()}, which is obsolete; use TLS12 or TLS13`)
  return TLS_VERSIONS.get(value.oneOf([...TLS_VERSIONS.keys()]))
}

function readCiphers(section: Section): string | undefined {
  const names = readNames(section.get('cipher_suites'), CIPHER_SUITES)
  return names && [...new Set([...TLS13_CIPHER_SUITES, ...names])].join(':')
}

/** Reads a list of names, and translates them. An empty list is none. */
function readNames(value: YamlValue | undefined, names: ReadonlyMap<string, string>): string[] | undefined {
  const items = value?.list() ?? []
  if (items.length === 0) return undefined
  return items.map((item) => names.get(item.oneOf([...names.keys()])) as string)
}

function createContext(value: YamlValue, options: Parameters<typeof createTlsContext>[0]) {
  try {
    return createTlsContext(options)
  } catch (error) {
    return value.fail(`cannot be used (${(error as NodeJS.ErrnoException).code})`)
  }
}
