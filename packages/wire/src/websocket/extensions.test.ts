import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readExtensions } from './extensions.ts'

describe('readExtensions', () => {
  it('reads whether messages are compressed, and who keeps the context', () => {
    assert.equal(readExtensions(undefined), undefined)
    assert.equal(readExtensions(''), undefined)
    assert.deepEqual(readExtensions('permessage-deflate'), { serverKeepsContext: true, clientKeepsContext: true })
    assert.deepEqual(readExtensions('permessage-deflate; server_no_context_takeover; client_max_window_bits=12'), {
      serverKeepsContext: false,
      clientKeepsContext: true,
    })
    assert.deepEqual(readExtensions('Permessage-Deflate;client_no_context_takeover'), {
      serverKeepsContext: true,
      clientKeepsContext: false,
    })
  })

  it('refuses extensions that it does not know', () => {
    for (const header of ['x-webkit-deflate-frame', 'permessage-deflate, x-other', 'x-other, permessage-deflate']) {
      assert.throws(() => readExtensions(header), /unknown extensions/)
    }
  })
})
