import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createLabelSet } from './label-set.ts'

describe('createLabelSet', () => {
  it('returns the same frozen object for the same values', () => {
    const labels = createLabelSet('http')
    const attributes = labels.of('GET', '200', '/users/:id', 'http')
    assert.deepEqual(attributes, { method: 'GET', status: '200', route: '/users/:id', protocol: 'http' })
    assert.ok(Object.isFrozen(attributes))
    assert.equal(labels.of('GET', '200', '/users/:id', 'http'), attributes)
    assert.notEqual(labels.of('GET', '201', '/users/:id', 'http'), attributes)
  })

  it('keeps series apart whose values would read alike when joined', () => {
    const labels = createLabelSet('connection')
    assert.notEqual(labels.of('1', 'http'), labels.of('1http', 'tcp'))
  })

  it('replaces a value that a closed label does not list by _OTHER', () => {
    assert.equal(createLabelSet('http').of('PURGE', '200', '/', 'http').method, '_OTHER')
    assert.equal(createLabelSet('http').of('GET', '99', '/', 'http').status, '_OTHER')
  })

  it('replaces a value that is too long by _OTHER', () => {
    const labels = createLabelSet('http')
    assert.equal(labels.of('GET', '200', 'r'.repeat(256), 'http').route, 'r'.repeat(256))
    assert.equal(labels.of('GET', '200', 'r'.repeat(257), 'http').route, '_OTHER')
  })

  it('keeps the first values of an open label, as many as the table allows', () => {
    const labels = createLabelSet('connection')
    for (let port = 0; port < 1000; port++) labels.of(String(port), 'http')
    assert.equal(labels.of('99', 'https').bind, '99')
    assert.equal(labels.of('100', 'https').bind, '_OTHER')
  })

  it('stops at the maximum number of series, and counts the rest by the closed labels alone', () => {
    const labels = createLabelSet('http', 10)
    const series = new Set()
    for (let route = 0; route < 300; route++) {
      for (const method of ['GET', 'POST', 'NONSENSE']) series.add(labels.of(method, '200', `/${route}`, 'http'))
    }
    assert.equal(series.size, 10 + 3)
    assert.deepEqual(labels.of('POST', '200', '/299', 'http'), {
      method: 'POST',
      status: '200',
      route: '_OTHER',
      protocol: 'http',
    })
  })

  it('gives one series to values that differ only in lone surrogates, which UTF-8 cannot tell apart', () => {
    const labels = createLabelSet('http')
    const attributes = labels.of('GET', '200', '/a\ud800', 'http')
    assert.equal(attributes.route, '/a\ufffd')
    for (const route of ['/a\ud801', '/a\udfff', '/a\ufffd'])
      assert.equal(labels.of('GET', '200', route, 'http'), attributes)
    assert.equal(labels.of('GET', '200', '/a\ud83c\udf88', 'http').route, '/a🎈')
  })

  it('counts all lone surrogates as one of the values that an open label may have', () => {
    const labels = createLabelSet('connection')
    for (let i = 0; i < 0x400; i++) labels.of(String.fromCharCode(0xd800 + i), 'http')
    for (let port = 0; port < 99; port++) assert.equal(labels.of(String(port), 'http').bind, String(port))
    assert.equal(labels.of('99', 'http').bind, '_OTHER')
  })

  it('counts a value that is literally _OTHER together with those out of bounds', () => {
    const labels = createLabelSet('http')
    assert.equal(labels.of('GET', '200', '_OTHER', 'http'), labels.of('GET', '200', 'r'.repeat(257), 'http'))
  })

  it('never returns two series that are the same in UTF-8, whatever the values', () => {
    const hostile = [
      '\ud800',
      '\udbff',
      '\udc00',
      '\ufffd',
      '\ufeff',
      '\u2028',
      '\0',
      '\n',
      '\r',
      '"',
      '\\',
      '_OTHER',
      '',
    ]
    const value = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary', maxLength: 2 }))
    const few = fc.constantFrom('\ud800', 'm')
    const series = fc.tuple(fc.constant('chat'), few, few, value, few, fc.constantFrom('none', 'odd'))
    fc.assert(
      fc.property(
        fc.array(series, { maxLength: 60, size: 'max' }),
        fc.integer({ min: 1, max: 40 }),
        (records, maxSeries) => {
          const labels = createLabelSet('llmRequest', maxSeries)
          const seen = new Map<string, unknown>()
          for (const record of records) {
            const attributes = labels.of(...record)
            const text = Object.values(attributes)
              .map((value) => Buffer.from(String(value)).toString('base64'))
              .join()
            assert.equal(seen.get(text) ?? attributes, attributes)
            seen.set(text, attributes)
          }
        },
      ),
    )
  })
})
