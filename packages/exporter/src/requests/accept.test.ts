import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { negotiate } from './accept.ts'

const TEXT = 'text/plain; version=0.0.4; charset=utf-8'
const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8'
const ESCAPED = `${OPEN_METRICS}; escaping=underscores`

/** What Prometheus 3 sends that asks for protobuf first. */
const PROTOBUF =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1'

const CASES: readonly (readonly [what: string, accept: string | undefined, contentType: string])[] = [
  ['no header', undefined, TEXT],
  ['an empty header', '', TEXT],
  ['anything', '*/*', TEXT],
  ['a bare asterisk', 'text/html, image/gif, *; q=.2, */*; q=.2', TEXT],
  ['protobuf first', PROTOBUF, ESCAPED],
  ['OpenMetrics alone', 'application/openmetrics-text', OPEN_METRICS],
  ['a quoted version in upper case', 'APPLICATION/OpenMetrics-Text ; VERSION = "1.0.0"', OPEN_METRICS],
  ['the draft of OpenMetrics', 'application/openmetrics-text;version=0.0.1;q=0.6,*/*;q=0.5', OPEN_METRICS],
  ['an unknown version of OpenMetrics', 'application/openmetrics-text;version=2.0.0,*/*;q=0.1', TEXT],
  ['OpenMetrics as good as text', 'text/plain;q=0.5,application/openmetrics-text;q=0.5', OPEN_METRICS],
  ['OpenMetrics worse than text', 'text/plain,application/openmetrics-text;q=0.9', TEXT],
  ['OpenMetrics worse than anything', 'application/openmetrics-text;q=0.1,*/*;q=0.8', TEXT],
  [
    'OpenMetrics better than text but not than anything',
    'text/plain;q=0.1,application/openmetrics-text;q=0.2,*/*',
    OPEN_METRICS,
  ],
  ['OpenMetrics refused', 'application/openmetrics-text;q=0,*/*;q=0', TEXT],
  ['a quality that is no number', 'application/openmetrics-text;q=high', TEXT],
  ['a quality above 1', 'application/openmetrics-text;q=1.5', TEXT],
  ['a quality without its zero', 'application/openmetrics-text;q=.5', OPEN_METRICS],
  ['a comma and a semicolon in quotes', 'a/b;c="application/openmetrics-text;d,application/openmetrics-text"', TEXT],
  ['a quote that is not closed', 'application/openmetrics-text;version="1.0.0', TEXT],
]

describe('negotiate', () => {
  for (const [what, accept, contentType] of CASES) {
    it(`answers ${what} with ${contentType}`, () => {
      const negotiated = negotiate(accept)
      assert.equal(negotiated.contentType, contentType)
      assert.equal(negotiated.format, contentType === TEXT ? 'text' : 'openmetrics')
    })
  }

  it('takes linear time for a long header', () => {
    for (const unit of ['"', ',', ';', ' ', 'q=', '";', 'application/openmetrics-text;q=0.1,']) {
      negotiate(unit.repeat(16 * 1024))
    }
  })
})
