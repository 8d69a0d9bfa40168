import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { createCertificateAuthority } from '../../../../test/harness/certificates.ts'
import { hasAllowedName, parseSubjectAltNames } from './subject-alt-names.ts'

describe("the names in a client's certificate", () => {
  const names =
    'DNS:prom.internal,DNS:*.scrapers.internal,IP:10.0.0.5,IP:2001:db8::5,email:prom@example.com,URI:spiffe://example.com/ns/monitoring/sa/prom'
  const { cert } = createCertificateAuthority().issue('client', names)
  const { subjectAltName } = new X509Certificate(readFileSync(cert))

  for (const name of [
    'prom.internal',
    '*.scrapers.internal',
    '10.0.0.5',
    '2001:db8::5',
    '2001:0DB8:0:0:0:0:0:5',
    'prom@example.com',
    'spiffe://example.com/ns/monitoring/sa/prom',
  ]) {
    it(`have ${name}`, () => assert.equal(hasAllowedName(subjectAltName, ['other', name]), true))
  }

  for (const name of [
    'internal',
    'PROM.internal',
    'a.scrapers.internal',
    '10.0.0.50',
    'DNS:prom.internal',
    'client',
    '',
  ]) {
    it(`do not have ${JSON.stringify(name)}`, () => assert.equal(hasAllowedName(subjectAltName, [name]), false))
  }

  it('are none without the extension, and none is allowed by an empty list', () => {
    assert.equal(hasAllowedName(undefined, ['prom.internal']), false)
    assert.equal(hasAllowedName(subjectAltName, []), false)
  })

  it('cannot contain another name', () => {
    // Node.js quotes a name that has a comma, a quote or a character that is not printable (CVE-2021-44532).
    const forged = 'DNS:"evil, DNS:prom.internal", DNS:"a\\", DNS:prom.internal"'
    assert.deepEqual(parseSubjectAltNames(forged), ['evil, DNS:prom.internal', 'a", DNS:prom.internal'])
  })

  it('are none where the text has a form that is not known', () => {
    assert.deepEqual(parseSubjectAltNames('DNS:prom.internal, something'), [])
    assert.deepEqual(parseSubjectAltNames('DNS:prom.internal,DNS:other'), [])
  })
})
