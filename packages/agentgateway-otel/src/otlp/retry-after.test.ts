import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { retryAfterMs } from './retry-after.ts'

describe('the wait by Retry-After', () => {
  it('is that of seconds', () => {
    assert.equal(retryAfterMs('0'), 0)
    assert.equal(retryAfterMs('120'), 120_000)
  })

  it('is the time until a date, in each format that HTTP has', () => {
    const date = new Date(Date.now() + 90_000)
    const [day = '', number, month, year, time] = date.toUTCString().replace(',', '').split(' ')
    for (const text of [date.toUTCString(), `${day} ${month} ${number} ${time} ${year} GMT`]) {
      const waitMs = retryAfterMs(text) ?? assert.fail(text)
      assert.ok(waitMs > 80_000 && waitMs <= 90_000, `${text} is ${waitMs}`)
    }
  })

  it('is none for a date that has passed', () => {
    assert.equal(retryAfterMs('Wed, 21 Oct 2015 07:28:00 GMT'), 0)
  })

  for (const text of [undefined, '', '-1', '1.5', 'soon', '1e3', 'Wed, 99 Oct 2015 07:28:00 GMT', '99999999999']) {
    it(`is not known from ${text}`, () => {
      assert.equal(retryAfterMs(text), undefined)
    })
  }
})
