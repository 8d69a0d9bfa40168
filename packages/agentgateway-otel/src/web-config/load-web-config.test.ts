import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { createCertificateAuthority } from '../../../../test/harness/certificates.ts'
import { loadWebConfig } from './load-web-config.ts'
import { WebConfigError } from './yaml-value.ts'

const authority = createCertificateAuthority()
const server = authority.issue('server', 'DNS:localhost')
authority.issue('other', 'DNS:localhost')
const encrypt = 'pkcs8 -topk8 -in server.key -out encrypted.key -passout pass:secret'
execFileSync('openssl', encrypt.split(' '), { cwd: authority.folder })
const HASH = '$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG'

/** Loads this text as `web.yml` in the folder of the certificates. */
function load(text: string) {
  const path = `${authority.folder}/web.yml`
  return loadWebConfig(path, (file) => {
    if (file === path) return text
    if (file === `${authority.folder}/text.pem`) return 'not a certificate'
    try {
      return readFileSync(file, 'utf8')
    } catch {
      throw new Error('cannot be read (ENOENT)')
    }
  })
}

const TLS = 'tls_server_config: { cert_file: server.crt, key_file: server.key'

describe('a web configuration file', () => {
  it('may set everything that the documentation of the exporters lists', () => {
    const { tls, headers, users, rateLimit } = load(`
tls_server_config:
  cert_file: server.crt
  key_file: ${server.key}
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.crt
  client_allowed_sans: [prom.internal, 10.0.0.5]
  min_version: TLS12
  max_version: TLS13
  cipher_suites:
    - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
    - TLS_AES_128_GCM_SHA256
  prefer_server_cipher_suites: false
  curve_preferences: [X25519, CurveP256, CurveP384, CurveP521]
http_server_config:
  http2: true
  headers:
    Content-Security-Policy: "default-src 'self' *.example.net"
    X-Frame-Options: sameorigin
    X-Content-Type-Options: nosniff
    X-XSS-Protection: 1
    Strict-Transport-Security: max-age=31536000; includeSubDomains
basic_auth_users:
  alice: ${HASH}
  007: ${HASH.replace('2y', '2b')}
rate_limit:
  interval: 1m1.5s
  burst: 20
`)
    assert.equal(tls?.clientAuth, 'RequireAndVerifyClientCert')
    assert.deepEqual(tls?.allowedSans, ['prom.internal', '10.0.0.5'])
    assert.deepEqual(headers, {
      'content-security-policy': "default-src 'self' *.example.net",
      'x-frame-options': 'sameorigin',
      'x-content-type-options': 'nosniff',
      'x-xss-protection': '1',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
    })
    assert.deepEqual([...users.keys()], ['alice', '007'])
    assert.deepEqual(rateLimit, { intervalMs: 61_500, burst: 20 })
  })

  it('may have the certificates in itself', () => {
    const inline = (name: string) => readFileSync(`${authority.folder}/${name}`, 'utf8').replaceAll('\n', '\n    ')
    const { tls } = load(
      `tls_server_config:\n  cert: |\n    ${inline('server.crt')}\n  key: |\n    ${inline('server.key')}\n  client_ca: |\n    ${inline('ca.crt')}\n  client_auth_type: VerifyClientCertIfGiven\n`,
    )
    assert.equal(tls?.clientAuth, 'VerifyClientCertIfGiven')
  })

  it('locks nothing by sections that are empty, or by an empty mapping', () => {
    const nothing = { tls: undefined, headers: {}, users: new Map(), rateLimit: undefined }
    assert.deepEqual(load('{}'), nothing)
    assert.deepEqual(
      load('tls_server_config:\nbasic_auth_users:\nhttp_server_config: {headers: {}}\nrate_limit:\n  interval: 0\n'),
      nothing,
    )
  })

  it('keeps users and values the texts that they are, whatever YAML could take them for', () => {
    const { users, headers } = load(
      `basic_auth_users:\n  yes: ${HASH}\n  0x10: ${HASH}\n  "null": ${HASH}\n  2026-11-26: ${HASH}\nhttp_server_config:\n  http2: off\n  headers: {X-XSS-Protection: 0}\n`,
    )
    assert.deepEqual([...users.keys()], ['yes', '0x10', 'null', '2026-11-26'])
    assert.deepEqual(headers, { 'x-xss-protection': '0' })
  })

  it('reads durations as Go does', () => {
    for (const [text, intervalMs] of Object.entries({
      '1s': 1000,
      '500ms': 500,
      '2h': 7.2e6,
      '1.5m': 90_000,
      '250us': 0.25,
    })) {
      assert.equal(load(`rate_limit: {interval: ${text}, burst: 1}`).rateLimit?.intervalMs, intervalMs)
    }
  })

  it('tells connections apart whose clients were checked in another way', () => {
    const checkOf = (rest: string) => load(`${TLS}, client_ca_file: ca.crt, ${rest} }`).tls?.clientCheck
    const required = checkOf('client_auth_type: RequireAndVerifyClientCert')
    assert.equal(checkOf('client_auth_type: RequireAndVerifyClientCert'), required)
    assert.notEqual(checkOf('client_auth_type: VerifyClientCertIfGiven'), required)
    assert.notEqual(checkOf('client_auth_type: RequireAndVerifyClientCert, client_allowed_sans: [a]'), required)
    assert.notEqual(
      required,
      load(`${TLS}, client_ca_file: other.crt, client_auth_type: RequireAndVerifyClientCert }`).tls?.clientCheck,
    )
  })

  for (const [text, line, problem] of [
    ['', 1, 'the file is empty; write {} if nothing is to be locked'],
    ['# basic_auth_users:\n', 1, 'the file is empty; write {} if nothing is to be locked'],
    ['basic_auth_users', 1, 'the file has to be a mapping of keys to values'],
    ['hWkNKCp3fvIx3jKnsaBI\nTuEjdwNS8A2vYdFbiKqr\n', 1, 'the file has to be a mapping of keys to values'],
    ['- a\n', 1, 'the file has to be a mapping of keys to values'],
    ['{}\n---\n{}\n', 2, 'the file is not valid YAML (multiple docs)'],
    ['basic_auth_users: {\n', 2, 'the file is not valid YAML (bad indent)'],
    [`basic_auth_users:\n  a: ${HASH}\n  a: ${HASH}\n`, 3, 'the file is not valid YAML (duplicate key)'],
    ['basic_auth_users: *users\n', 1, 'basic_auth_users is an alias of nothing'],
    ['basic_auth_users: !secret x\n', 1, 'the file is not valid YAML (tag resolve failed)'],
    [
      'basic_auth_user: {}\n',
      1,
      'the file has "basic_auth_user", which is not known; did you mean "basic_auth_users"?',
    ],
    [
      '\ntls_server_config:\n  cert_filse: server.crt\n',
      3,
      'tls_server_config has "cert_filse", which is not known; did you mean "cert_file"?',
    ],
    ['tls_server_config: [cert_file]\n', 1, 'tls_server_config has to be a mapping of keys to values'],
    ['tls_server_config:\n  key_file: server.key\n', 1, 'tls_server_config has neither cert_file nor cert'],
    ['tls_server_config:\n  cert_file: server.crt\n', 1, 'tls_server_config has neither key_file nor key'],
    ['tls_server_config:\n  client_auth_type: NoClientCert\n', 1, 'tls_server_config has neither cert_file nor cert'],
    [
      'tls_server_config:\n  cert_file: missing.crt\n  key_file: server.key\n',
      2,
      'tls_server_config.cert_file cannot be read (ENOENT)',
    ],
    [
      'tls_server_config:\n  cert_file: server.crt\n  key_file: missing.key\n',
      3,
      'tls_server_config.key_file cannot be read (ENOENT)',
    ],
    ['tls_server_config:\n  cert_file: ""\n  key_file: server.key\n', 2, 'tls_server_config.cert_file is empty'],
    [
      'tls_server_config:\n  cert: x\n  cert_file: server.crt\n  key_file: server.key\n',
      2,
      'tls_server_config.cert and tls_server_config.cert_file are both set; only one can be used',
    ],
    [
      'tls_server_config:\n  cert_file: text.pem\n  key_file: server.key\n',
      2,
      'tls_server_config.cert_file is not a certificate in PEM (ERR_OSSL_PEM_NO_START_LINE)',
    ],
    [
      'tls_server_config:\n  cert_file: server.crt\n  key_file: text.pem\n',
      3,
      'tls_server_config.key_file is not a private key in PEM (ERR_OSSL_UNSUPPORTED)',
    ],
    [
      'tls_server_config:\n  cert_file: server.crt\n  key_file: encrypted.key\n',
      3,
      'tls_server_config.key_file is an encrypted private key, which is not supported',
    ],
    [
      'tls_server_config:\n  cert_file: server.crt\n  key_file: other.key\n',
      3,
      'tls_server_config.key_file does not belong to the certificate',
    ],
    [
      `${TLS}, client_auth_type: RequireAndVerifyClientCerts }`,
      1,
      'tls_server_config.client_auth_type is "RequireAndVerifyClientCerts", which is not known; did you mean "RequireAndVerifyClientCert"?',
    ],
    [
      `${TLS}, client_auth_type: RequireAndVerifyClientCert }`,
      1,
      'tls_server_config.client_auth_type is RequireAndVerifyClientCert, which needs client_ca_file',
    ],
    [
      `${TLS}, client_ca_file: ca.crt }`,
      1,
      'tls_server_config.client_ca_file has no effect with client_auth_type NoClientCert; set that to RequireAndVerifyClientCert',
    ],
    [
      `${TLS}, client_auth_type: RequireAndVerifyClientCert, client_ca_file: text.pem }`,
      1,
      'tls_server_config.client_ca_file has no certificate in PEM',
    ],
    [
      `${TLS}, client_auth_type: RequireAnyClientCert, client_allowed_sans: [a] }`,
      1,
      'tls_server_config.client_allowed_sans proves nothing unless client_auth_type is RequireAndVerifyClientCert',
    ],
    [
      `${TLS}, client_allowed_sans: a }`,
      1,
      'tls_server_config.client_allowed_sans proves nothing unless client_auth_type is RequireAndVerifyClientCert',
    ],
    [
      `${TLS}, min_version: TLS111 }`,
      1,
      'tls_server_config.min_version is "TLS111", which is not known; did you mean "TLS12"?',
    ],
    [
      `${TLS}, min_version: TLS10 }`,
      1,
      'tls_server_config.min_version is TLS10, which is obsolete; use TLS12 or TLS13',
    ],
    [
      `${TLS}, max_version: TLS11 }`,
      1,
      'tls_server_config.max_version is TLS11, which is obsolete; use TLS12 or TLS13',
    ],
    [`${TLS}, min_version: TLS13, max_version: TLS12 }`, 1, 'tls_server_config.min_version is above max_version'],
    [
      `${TLS}, cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA2048] }`,
      1,
      'tls_server_config.cipher_suites is "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA2048", which is not known; did you mean "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"?',
    ],
    [
      `${TLS}, curve_preferences: [CurveP257] }`,
      1,
      'tls_server_config.curve_preferences is "CurveP257", which is not known; did you mean "CurveP256"?',
    ],
    [`${TLS}, curve_preferences: X25519 }`, 1, 'tls_server_config.curve_preferences has to be a list'],
    [
      `${TLS}, prefer_server_cipher_suites: maybe }`,
      1,
      'tls_server_config.prefer_server_cipher_suites has to be true or false',
    ],
    ['http_server_config:\n  http2: 2\n', 2, 'http_server_config.http2 has to be true or false'],
    [
      'http_server_config:\n  headers:\n    Content-Type: foo\n',
      3,
      'http_server_config.headers has "Content-Type", which is not known; did you mean "X-Content-Type-Options"?',
    ],
    [
      'http_server_config:\n  headers:\n    X-Frame-Options: foo\n',
      3,
      'http_server_config.headers.X-Frame-Options is "foo", which is not known; did you mean "deny"?',
    ],
    [
      'http_server_config:\n  headers:\n    X-Content-Type-Options: sniff\n',
      3,
      'http_server_config.headers.X-Content-Type-Options is "sniff", which is not known; did you mean "nosniff"?',
    ],
    [
      'http_server_config:\n  headers:\n    Content-Security-Policy: "a\\nb"\n',
      3,
      'http_server_config.headers.Content-Security-Policy has a character that no header can have',
    ],
    [
      'basic_auth_users:\n  john: doe\n',
      2,
      'basic_auth_users.john is not a bcrypt hash; `htpasswd -nBC 10 ""` makes one',
    ],
    ['basic_auth_users:\n  john:\n', 2, 'basic_auth_users.john is not a bcrypt hash; `htpasswd -nBC 10 ""` makes one'],
    ['basic_auth_users: [john]\n', 1, 'basic_auth_users has to be a mapping of keys to values'],
    [
      `basic_auth_users:\n  "jo:hn": ${HASH}\n`,
      2,
      'basic_auth_users.jo:hn has a colon in its name, which HTTP cannot send',
    ],
    [
      `basic_auth_users:\n  john: ${HASH.replace('$10$', '$31$')}\n`,
      2,
      'basic_auth_users.john is a bcrypt hash of cost 31, but only 4 to 14 are possible; 10 is usual',
    ],
    [
      `basic_auth_users:\n  john: ${HASH.replace('$10$', '$03$')}\n`,
      2,
      'basic_auth_users.john is a bcrypt hash of cost 3, but only 4 to 14 are possible; 10 is usual',
    ],
    [
      `basic_auth_users:\n  john: ${HASH.replace('2y', '2x')}\n`,
      2,
      'basic_auth_users.john is not a bcrypt hash; `htpasswd -nBC 10 ""` makes one',
    ],
    ['rate_limit:\n  interval: 1\n', 2, 'rate_limit.interval has to be a duration with a unit, such as 1s or 500ms'],
    ['rate_limit:\n  interval: 1s\n', 1, 'rate_limit has to let one request in or more: set burst to 1 or more'],
    [
      'rate_limit:\n  interval: 1s\n  burst: 0\n',
      3,
      'rate_limit.burst has to let one request in or more: set burst to 1 or more',
    ],
    ['rate_limit:\n  interval: 1s\n  burst: -1\n', 3, 'rate_limit.burst has to be a whole number'],
  ] as const) {
    it(`is refused when it is ${JSON.stringify(text.replaceAll(HASH.slice(7), '…'))}: ${problem}`, () => {
      assert.throws(
        () => load(text),
        (error: unknown) => {
          assert.ok(error instanceof WebConfigError, String(error))
          assert.deepEqual([error.message, error.line], [problem, line])
          return true
        },
      )
    })
  }

  it('with many aliases of aliases is refused, or read at once', () => {
    const layers = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}]`)
    assert.throws(() => load(`a0: &a0 [x]\n${layers.join('\n')}\n`), WebConfigError)
  })

  it('never has its secrets in the message', () => {
    for (const text of [
      `basic_auth_users:\n  john: ${HASH}x`,
      `basic_auth_users:\n  john: {${HASH}\n`,
      `basic_auth_users:\n john: "${HASH}\n a: b: ${HASH}`,
      `tls_server_config:\n  key: "${HASH}"\n  cert_file: server.crt`,
      `tls_server_config:\n  key: ${HASH}: ${HASH}\n`,
    ]) {
      assert.throws(
        () => load(text),
        (error: Error) => !error.message.includes(HASH.slice(7, 20)),
      )
    }
  })
})
