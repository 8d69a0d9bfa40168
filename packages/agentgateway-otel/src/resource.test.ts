import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { createResource } from './resource.ts'

afterEach(() => {
  delete process.env.OTEL_SERVICE_NAME
  delete process.env.OTEL_RESOURCE_ATTRIBUTES
})

describe('the constant label gateway', () => {
  for (const [name, attributes, gateway] of [
    ['', '', 'unknown_service:node'],
    ['shop', 'service.name=other', 'shop'],
    ['', 'service.name=a%22b%0Ac%00', 'a"b\nc\0'],
    ['', 'service.name=', 'unknown_service:node'],
    // Half a surrogate pair is not valid UTF-8, so OpenTelemetry ignores the value.
    ['', 'service.name=%ED%A0%80', 'unknown_service:node'],
    ['shop', 'gateway=mine,le=1', 'shop'],
  ] as const) {
    it(`is ${JSON.stringify(gateway)} with OTEL_SERVICE_NAME=${name} and OTEL_RESOURCE_ATTRIBUTES=${attributes}`, () => {
      process.env.OTEL_SERVICE_NAME = name
      process.env.OTEL_RESOURCE_ATTRIBUTES = attributes
      assert.equal(createResource(false).attributes.gateway, gateway)
    })
  }
})
