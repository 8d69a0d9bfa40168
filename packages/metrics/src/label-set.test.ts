import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createLabelSet } from './label-set.ts'

describe('createLabelSet', () => {
  it('gives the same frozen object for the same values', () => {
    const labels = createLabelSet('http')
    const attributes = labels.of('GET', '200', '/users/:id', 'http')
    assert.deepEqual(attributes, { method: 'GET', status: '200', route: '/users/:id', protocol: 'http' })
    assert.ok(Object.isFrozen(attributes))
    assert.equal(labels.of('GET', '200', '/users/:id', 'http'), attributes)
    assert.notEqual(labels.of('GET', '201', '/users/:id', 'http'), attributes)
  })

  it('keeps values apart that read alike when put together', () => {
    const labels = createLabelSet('connection')
    assert.notEqual(labels.of('1', 'http'), labels.of('1http', 'tcp'))
  })

  it('turns a value that a closed label does not know into _OTHER', () => {
    assert.equal(createLabelSet('http').of('PURGE', '200', '/', 'http').method, '_OTHER')
    assert.equal(createLabelSet('http').of('GET', '99', '/', 'http').status, '_OTHER')
  })

  it('turns a value that is too long into _OTHER', () => {
    const labels = createLabelSet('http')
    assert.equal(labels.of('GET', '200', 'r'.repeat(256), 'http').route, 'r'.repeat(256))
    assert.equal(labels.of('GET', '200', 'r'.repeat(257), 'http').route, '_OTHER')
  })

  it('keeps as many values of an open label as the table says, first come first served', () => {
    const labels = createLabelSet('connection')
    for (let port = 0; port < 1000; port++) labels.of(String(port), 'http')
    assert.equal(labels.of('99', 'https').bind, '99')
    assert.equal(labels.of('100', 'https').bind, '_OTHER')
  })

  it('holds the number of series, and keeps counting the rest by its closed labels', () => {
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
})
