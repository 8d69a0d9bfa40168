import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { scrapeConfig } from './scrape-config.ts'

describe('the configuration for Prometheus', () => {
  it('has the address that the page comes from, and TLS where it comes over TLS', () => {
    assert.equal(
      scrapeConfig('shop', { host: 'app.internal:15020', protocol: 'https:' }),
      'scrape_configs:\n  - job_name: "shop"\n    scheme: https\n    static_configs:\n      - targets: ["app.internal:15020"]',
    )
  })

  it('quotes a hostile name of a service', () => {
    const config = scrapeConfig('a"\n- evil: true', { host: '[::1]:15020', protocol: 'http:' })
    assert.match(config, /^ {2}- job_name: "a\\"\\n- evil: true"$/m)
    assert.equal(config.split('\n').length, 4)
  })
})
