import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { statusMessage } from './status-message.ts'

const message = (type: string | undefined, body: string | Buffer) =>
  statusMessage({ statusCode: 400, headers: { 'content-type': type }, body: Buffer.from(body), isCut: false })

describe('what a collector says of a failure', () => {
  for (const [what, type, body, expected] of [
    ['the message of a status in Protocol Buffers', 'application/x-protobuf', '\x08\x03\x12\x03bad', 'bad'],
    ['nothing of bytes that are no status', 'application/x-protobuf', '\xff\xff', ''],
    ['the message of a status in JSON', 'application/json', '{"code":3,"message":"bad\\nname"}', 'bad name'],
    ['other JSON as it is', 'application/json; charset=utf-8', '{"error": 5}', '{"error": 5}'],
    ['what is no JSON as it is', 'application/json', 'bad', 'bad'],
    ['the text of a page', 'text/html', '<title>Bad</title><script>let a</script><p>Bad  <i>name', 'Bad name'],
    ['the beginning of a text', 'text/plain', 'x'.repeat(5000), `${'x'.repeat(200)}…`],
    ['no control characters', undefined, 'bad\u001b[31m\u202e\r\nname', 'bad [31m name'],
  ] as const) {
    it(`is ${what}`, () => {
      assert.equal(message(type, body), expected)
    })
  }

  it('is nothing where the body is no text', () => {
    assert.equal(message(undefined, Buffer.from([0xff, 0xfe, 0x00])), '')
  })
})
