import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { processDetector, type ResourceDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { detectAttributes, withAttributes } from './detected-attributes.ts'

const detector = (detect: ResourceDetector['detect']): ResourceDetector => ({ detect })
const never = new Promise<undefined>(() => {})

describe('the detected attributes', () => {
  it('are those that the detectors find, at once or later', async () => {
    const host = detector(() => ({ attributes: { 'host.name': 'a', 'host.id': Promise.resolve('b') } }))
    const os = detector(() => ({ attributes: { 'os.type': 'linux', 'os.version': undefined, 'container.id': '' } }))
    assert.deepEqual(await detectAttributes([host, os]), { 'host.name': 'a', 'host.id': 'b', 'os.type': 'linux' })
  })

  it('lack what a detector does not find in time, throws or rejects, and have everything else', async () => {
    const hangs = detector(() => ({ attributes: { 'host.name': 'a', 'host.id': never } }))
    const throws = detector(() => {
      throw new Error('refused')
    })
    const rejects = detector(() => ({ attributes: { 'os.type': Promise.reject(new Error('refused')) } }))
    const works = detector(() => ({ attributes: { 'cloud.region': Promise.resolve('x') } }))
    assert.deepEqual(await detectAttributes([hangs, throws, rejects, works], 1), {
      'host.name': 'a',
      'cloud.region': 'x',
    })
  })

  it('have nothing of the command line that processDetector finds', async () => {
    const { attributes = {} } = processDetector.detect()
    assert.ok('process.command_args' in attributes)
    const detected = await detectAttributes([processDetector])
    assert.equal(detected['process.pid'], process.pid)
    assert.deepEqual(
      Object.keys(detected).filter((name) => name.startsWith('process.command')),
      [],
    )
  })

  it('have a container only where its id is whole', async () => {
    const container = (id: string) => detector(() => ({ attributes: { 'container.id': Promise.resolve(id) } }))
    const id = '0123456789abcdef'.repeat(4)
    assert.deepEqual(await detectAttributes([container(id)]), { 'container.id': id })
    for (const part of ['a', '', '0123-456789']) assert.deepEqual(await detectAttributes([container(part)]), {})
  })

  it("come after the resource's own", () => {
    const resource = resourceFromAttributes({ 'host.name': 'mine' }, { schemaUrl: 'https://example.com/1' })
    const { attributes, schemaUrl } = withAttributes(resource, { 'host.name': 'other', 'host.id': 'x' })
    assert.deepEqual(attributes, { 'host.name': 'mine', 'host.id': 'x' })
    assert.equal(schemaUrl, 'https://example.com/1')
  })
})
