import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parsePrometheusText, sumOf } from './prometheus-text.ts'

const histogram = (...samples: string[]) =>
  parsePrometheusText(['# HELP h H.', '# TYPE h histogram', ...samples, ''].join('\n'))

describe('parsePrometheusText', () => {
  it('reads help, type, labels and values with their escapes', () => {
    const text =
      '# HELP a_total One \\\\ two\\nthree.\n# TYPE a_total counter\n' +
      'a_total 1\na_total{x="a,b}\\"",y="\\\\\\n é"} 2.5e3\n# HELP b B.\n# TYPE b gauge\n'
    const families = parsePrometheusText(text)
    assert.deepEqual([...families.keys()], ['a_total', 'b'])
    assert.deepEqual(families.get('a_total'), {
      name: 'a_total',
      help: 'One \\ two\nthree.',
      type: 'counter',
      samples: [
        { name: 'a_total', labels: {}, value: 1 },
        { name: 'a_total', labels: { x: 'a,b}"', y: '\\\n é' }, value: 2500 },
      ],
    })
    assert.equal(sumOf(families, 'a_total'), 2501)
    assert.equal(sumOf(families, 'a_total', { x: 'a,b}"' }), 2500)
    assert.equal(sumOf(families, 'nothing'), 0)
  })

  it('reads histograms', () => {
    const families = histogram('h_bucket{le="1"} 1', 'h_bucket{le="+Inf"} 2', 'h_sum 5', 'h_count 2')
    assert.equal(sumOf(families, 'h_count'), 2)
    assert.equal(sumOf(families, 'h_bucket', { le: '1' }), 1)
  })

  for (const [what, text] of Object.entries({
    'a last line without a line feed': '# HELP a A.\n# TYPE a gauge\na 1',
    'a sample without TYPE': 'a 1\n',
    'a sample of another family': '# HELP a A.\n# TYPE a gauge\nb 1\n',
    'a suffix that the type has not': '# HELP a A.\n# TYPE a counter\na_sum 1\n',
    'TYPE without HELP': '# TYPE a gauge\na 1\n',
    'a family twice': '# HELP a A.\n# TYPE a gauge\n# HELP a A.\n# TYPE a gauge\n',
    'a series twice': '# HELP a A.\n# TYPE a gauge\na{x="1",y="2"} 1\na{y="2",x="1"} 1\n',
    'a label twice': '# HELP a A.\n# TYPE a gauge\na{x="1",x="2"} 1\n',
    'an unquoted label': '# HELP a A.\n# TYPE a gauge\na{x=1} 1\n',
    'an unknown escape': '# HELP a A.\n# TYPE a gauge\na{x="\\t"} 1\n',
    'a value that is no number': '# HELP a A.\n# TYPE a gauge\na one\n',
    'a timestamp': '# HELP a A.\n# TYPE a gauge\na 1 1700000000000\n',
    'an unknown type': '# HELP a A.\n# TYPE a info\n',
  })) {
    it(`refuses ${what}`, () => assert.throws(() => parsePrometheusText(text)))
  }

  it('refuses histograms whose buckets, sum and count contradict each other', () => {
    assert.throws(() => histogram('h_bucket{le="1"} 3', 'h_bucket{le="+Inf"} 2', 'h_sum 5', 'h_count 2'))
    assert.throws(() => histogram('h_bucket{le="1"} 1', 'h_bucket{le="+Inf"} 2', 'h_sum 5', 'h_count 3'))
    assert.throws(() => histogram('h_bucket{le="1"} 1', 'h_sum 5', 'h_count 1'))
  })
})
