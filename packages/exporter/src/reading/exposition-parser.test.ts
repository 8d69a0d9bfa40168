import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ExpositionParser } from './exposition-parser.ts'
import type { Families } from './family.ts'

function parse(text: string, chunkLength = text.length): Families {
  const parser = new ExpositionParser()
  for (let i = 0; i < text.length; i += chunkLength) parser.push(text.slice(i, i + chunkLength))
  return parser.end()
}

const TEXT = `# HELP a_total One \\\\ two\\nthree.
# TYPE a_total counter
a_total 1
a_total{x="a,b}\\"",y="\\\\\\n é"} 2.5e3
a_total{__proto__="z"} +Inf 1700000000000
# HELP h Times.
# TYPE h histogram
h_bucket{x="1",le="0.5"} 2
h_bucket{x="1",le="+Inf"} 3
h_sum{x="1"} 4.5
h_count{x="1"} 3
# HELP empty Nothing.
# TYPE empty gauge
`

describe('ExpositionParser', () => {
  for (const chunkLength of [1, 7, TEXT.length]) {
    it(`reads counters, histograms and escapes from chunks of ${chunkLength} characters`, () => {
      const families = parse(TEXT, chunkLength)
      assert.deepEqual([...families.keys()], ['a_total', 'h', 'empty'])
      const counter = families.get('a_total')
      assert.deepEqual([counter?.help, counter?.kind], ['One \\ two\nthree.', 'counter'])
      assert.deepEqual(
        counter?.samples.map(({ labels, value }) => [[...labels], value]),
        [
          [[], 1],
          [
            [
              ['x', 'a,b}"'],
              ['y', '\\\n é'],
            ],
            2500,
          ],
          [[['__proto__', 'z']], Number.POSITIVE_INFINITY],
        ],
      )
      assert.deepEqual(families.get('h')?.histograms, [
        { labels: new Map([['x', '1']]), bounds: [0.5, Number.POSITIVE_INFINITY], counts: [2, 3], sum: 4.5, count: 3 },
      ])
      assert.deepEqual(families.get('empty')?.samples, [])
    })
  }

  it('reads the bounds of buckets wherever their label is, and none from the values of other labels', () => {
    const families = parse(
      [
        '# TYPE h histogram',
        'h_bucket{le="1",x=",le="} 1',
        'h_bucket{x=",le=",le="+Inf"} 2',
        'h_bucket{file="1"} 7',
        'h_count{x=",le="} 2',
        '',
      ].join('\n'),
    )
    const [series] = families.get('h')?.histograms ?? []
    assert.deepEqual([...(series?.labels ?? [])], [['x', ',le=']])
    assert.deepEqual([series?.bounds, series?.counts, series?.count], [[1, Number.POSITIVE_INFINITY], [1, 2], 2])
  })

  it('skips lines that are not of the format, and a last line that is cut', () => {
    const families = parse('# TYPE a gauge\n}{ 1\n{x="1"} 2\n# EOF\n# anything\na 1\na{x="')
    assert.deepEqual(
      families.get('a')?.samples.map(({ value }) => value),
      [1],
    )
  })

  it('reads samples without TYPE, and the quantiles of a summary', () => {
    const families = parse('up 1\n# TYPE s summary\ns{quantile="0.5"} 3\ns_sum 9\ns_count 3\n')
    assert.deepEqual([families.get('up')?.kind, families.get('up')?.samples.length], ['untyped', 1])
    assert.deepEqual([...families.keys(), families.get('s')?.samples.length], ['up', 's', 1])
  })
})
