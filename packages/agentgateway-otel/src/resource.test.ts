import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readConfiguration } from './configuration/read-configuration.ts'
import { createResource } from './resource.ts'

const resource = (environment: Record<string, string>, packageName?: string, hasInstance = false) =>
  createResource({ ...readConfiguration(environment), packageName, hasInstance }).attributes

describe('the constant label gateway', () => {
  for (const [name, attributes, packageName, gateway] of [
    ['', '', undefined, 'unknown_service:node'],
    ['', '', '@acme/shop', '@acme/shop'],
    ['shop', 'service.name=other', 'package', 'shop'],
    ['', 'service.name=other', 'package', 'other'],
    ['', 'service.name=a%22b%0Ac%00', undefined, 'a"b\nc\0'],
    ['', 'service.name=', undefined, 'unknown_service:node'],
    ['', 'service.name=', 'package', 'package'],
    // Half a surrogate pair is not valid UTF-8, so OpenTelemetry ignores the value.
    ['', 'service.name=%ED%A0%80', undefined, 'unknown_service:node'],
    ['shop', 'gateway=mine,le=1', undefined, 'shop'],
  ] as const) {
    it(`is ${JSON.stringify(gateway)} with OTEL_SERVICE_NAME=${name}, OTEL_RESOURCE_ATTRIBUTES=${attributes} and the package ${packageName}`, () => {
      const environment = { OTEL_SERVICE_NAME: name, OTEL_RESOURCE_ATTRIBUTES: attributes }
      const { gateway: label, 'service.name': service } = resource(environment, packageName)
      assert.deepEqual([label, service], [gateway, gateway])
    })
  }
})

describe('the resource', () => {
  it('has the decoded attributes of OTEL_RESOURCE_ATTRIBUTES, or none of them where one is not valid', () => {
    const attributes = (text: string) => resource({ OTEL_RESOURCE_ATTRIBUTES: text })
    assert.equal(attributes('team=a%2Cb%3D%20c,zone=1').team, 'a,b= c')
    const discarded = attributes('zone=1,team=%zz')
    assert.deepEqual([discarded.zone, discarded.team], [undefined, undefined])
  })

  it('has the service.instance.id of the environment, else a random one, and none where nothing is exported', () => {
    const given = { OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=pod-1' }
    assert.equal(resource(given, undefined, true)['service.instance.id'], 'pod-1')
    assert.match(String(resource({}, undefined, true)['service.instance.id']), /^[0-9a-f-]{36}$/)
    assert.equal(resource({})['service.instance.id'], undefined)
  })
})
