import assert from 'node:assert/strict'
import { it } from 'node:test'
import { makeSessions, unpublishedChannels } from './publish-streams.ts'

it('knows on which channels of HTTP/2 streams each version of Node.js does not publish', () => {
  const numbers = {
    '22.15.0': 7,
    '22.16.0': 7,
    '22.17.0': ['http2.server.stream.close'],
    '22.18.0': 0,
    '22.23.1': 0,
    '23.11.1': 7,
    '24.0.0': 7,
    '24.1.0': 6,
    '24.2.0': ['http2.server.stream.close'],
    '24.3.0': 0,
    '25.0.0': 0,
    '26.1.0': 0,
  }
  for (const [version, expected] of Object.entries(numbers)) {
    const channels = unpublishedChannels(version)
    assert.deepEqual(typeof expected === 'number' ? channels.length : channels, expected, version)
  }
})

it('leaves a process.nextTick alone that cannot be assigned', () => {
  const own = Object.getOwnPropertyDescriptor(process, 'nextTick') as PropertyDescriptor
  Object.defineProperty(process, 'nextTick', { ...own, writable: false })
  try {
    assert.equal(makeSessions().stream.pending, true)
    assert.equal(process.nextTick, own.value)
  } finally {
    Object.defineProperty(process, 'nextTick', own)
  }
})
