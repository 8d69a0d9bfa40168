import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseOpenMetrics } from './openmetrics-text.ts'

const parse = (...lines: string[]) => parseOpenMetrics([...lines, '# EOF', ''].join('\n'))
const histogram = (...lines: string[]) => parse('# TYPE h histogram', ...lines)
const WHOLE = ['h_bucket{le="1.0"} 1', 'h_bucket{le="+Inf"} 2', 'h_sum 5', 'h_count 2']

describe('parseOpenMetrics', () => {
  it('reads type, unit, help, labels, values, created times and exemplars', () => {
    const families = parse(
      '# TYPE a_seconds counter',
      '# UNIT a_seconds seconds',
      '# HELP a_seconds One \\\\ \\"two\\"\\nthree.',
      'a_seconds_total{x="} 1 # {y=\\"z\\"} 1 1",y="\\n"} 2.5 # {trace_id="t"} 0.5 1.5',
      'a_seconds_created{x="} 1 # {y=\\"z\\"} 1 1",y="\\n"} 1700000000.123',
      '# TYPE b gauge',
      'b NaN',
    )
    const labels = { x: '} 1 # {y="z"} 1 1', y: '\n' }
    assert.deepEqual(families.get('a_seconds'), {
      name: 'a_seconds',
      type: 'counter',
      unit: 'seconds',
      help: 'One \\ "two"\nthree.',
      samples: [
        {
          name: 'a_seconds_total',
          labels,
          value: 2.5,
          exemplar: { labels: { trace_id: 't' }, value: 0.5, timestamp: 1.5 },
        },
        { name: 'a_seconds_created', labels, value: 1700000000.123 },
      ],
    })
    assert.deepEqual(families.get('b')?.samples, [{ name: 'b', labels: {}, value: Number.NaN }])
  })

  it('reads histograms, with a sum and without', () => {
    assert.equal(histogram(...WHOLE).get('h')?.samples.length, 4)
    assert.equal(histogram('h_bucket{le="-1.0"} 1', 'h_bucket{le="+Inf"} 2').get('h')?.samples.length, 2)
  })

  it('refuses a text without # EOF at its end', () => {
    for (const text of ['', '# TYPE a gauge\na 1\n', '# EOF', '# EOF\n# EOF\n'])
      assert.throws(() => parseOpenMetrics(text))
  })

  for (const [what, lines] of Object.entries({
    'a counter without _total': ['# TYPE a counter', 'a 1'],
    'a name with _total as that of a counter': ['# TYPE a_total counter', 'a_total 1'],
    'a negative counter': ['# TYPE a counter', 'a_total -1'],
    'a counter that is NaN': ['# TYPE a counter', 'a_total NaN'],
    'a unit that is not the suffix': ['# TYPE a gauge', '# UNIT a seconds', 'a 1'],
    'metadata after samples': ['# TYPE a gauge', 'a 1', '# HELP a A.'],
    'a family twice': ['# TYPE a gauge', 'a 1', '# TYPE b gauge', '# TYPE a gauge'],
    'a series twice': ['# TYPE a gauge', 'a{x="1",y="2"} 1', 'a{y="2",x="1"} 1'],
    'series that are interleaved': ['# TYPE a counter', 'a_total{x="1"} 1', 'a_total 1', 'a_created{x="1"} 1'],
    'a sample of another family': ['# TYPE a gauge', 'b 1'],
    'an empty line': ['# TYPE a gauge', '', 'a 1'],
    'another comment': ['# A comment.', '# TYPE a gauge'],
    'a quote in HELP': ['# TYPE a gauge', '# HELP a "A"'],
    'the type of the other format': ['# TYPE a untyped'],
    'an exemplar of a gauge': ['# TYPE a gauge', 'a 1 # {b="c"} 1 1'],
    'an exemplar that is too long': ['# TYPE a counter', `a_total 1 # {b="${'c'.repeat(128)}"} 1 1`],
    'a bound that is not canonical': ['# TYPE h histogram', 'h_bucket{le="1"} 1', ...WHOLE.slice(1)],
    'a histogram without +Inf': ['# TYPE h histogram', 'h_bucket{le="1.0"} 1'],
    'a count without a sum': ['# TYPE h histogram', ...WHOLE.filter((line) => !line.startsWith('h_sum'))],
    'a sum without a count': ['# TYPE h histogram', ...WHOLE.filter((line) => !line.startsWith('h_count'))],
    'a sum beside a negative bound': ['# TYPE h histogram', 'h_bucket{le="-1.0"} 1', ...WHOLE.slice(1)],
    'a count that is not that of +Inf': ['# TYPE h histogram', ...WHOLE.slice(0, 3), 'h_count 3'],
  })) {
    it(`refuses ${what}`, () => assert.throws(() => parse(...lines)))
  }
})
