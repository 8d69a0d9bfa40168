import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readConfiguration } from './configuration/read-configuration.ts'
import { createResource } from './resource.ts'
import { serviceOf } from './service.ts'

describe('the service that the environment names', () => {
  for (const [name, attributes, gateway] of [
    ['', 'service.name=other', 'other'],
    ['shop', 'service.name=other', 'shop'],
    ['', 'service.name=a%22b%0Ac%00', 'a"b\nc\0'],
    ['', 'service.name=%E2%82%AC%20caf%C3%A9', '€ café'],
    ['shop', 'gateway=mine,le=1', 'shop'],
  ] as const) {
    it(`is ${JSON.stringify(gateway)} with OTEL_SERVICE_NAME=${name} and OTEL_RESOURCE_ATTRIBUTES=${attributes}`, () => {
      const configuration = readConfiguration({ OTEL_SERVICE_NAME: name, OTEL_RESOURCE_ATTRIBUTES: attributes })
      const service = serviceOf(configuration, {})
      assert.deepEqual(service, { name: gateway, isConfigured: true })
      const resource = createResource(service.name, configuration.resourceAttributes, false)
      assert.equal(resource.attributes.gateway, gateway)
      assert.equal(resource.attributes['service.name'], gateway)
    })
  }

  for (const attributes of ['', 'service.name=', 'service.name=%ED%A0%80', 'service.name=unknown_service:node']) {
    it(`is none with OTEL_RESOURCE_ATTRIBUTES=${attributes}`, () => {
      const configuration = readConfiguration({ OTEL_RESOURCE_ATTRIBUTES: attributes })
      assert.equal(serviceOf(configuration, {}).isConfigured, false)
    })
  }
})

describe('the resource', () => {
  it("has the environment's service.instance.id, or else a random one", () => {
    const random = createResource('shop', {}, true).attributes['service.instance.id']
    assert.match(String(random), /^[\da-f]{8}-/)
    const given = createResource('shop', { 'service.instance.id': 'pod-1' }, true)
    assert.equal(given.attributes['service.instance.id'], 'pod-1')
    assert.equal(createResource('shop', {}, false).attributes['service.instance.id'], undefined)
  })
})
