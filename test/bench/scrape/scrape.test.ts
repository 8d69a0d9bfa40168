import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { summarizeToBetterClient } from '../scenarios/scrape.ts'
import { CLIENTS, OURS, type ScrapeCase } from './cases.ts'
import { measureScrapes, type ScrapeRunSize } from './measure-scrapes.ts'
import { samplesOf } from './samples.ts'

const CASE: ScrapeCase = {
  format: 'text',
  encoding: 'identity',
  contestants: [OURS, ...CLIENTS],
  lines: 9000,
  changed: 100,
  collections: 0,
  processes: 1,
}

const SIZE: ScrapeRunSize = { rounds: 1, turns: 3, warmUp: 5, scrapes: 4 }

describe('the measurement of a scrape', () => {
  it('measures every contestant while it serves what the others serve', async () => {
    const contestants = [
      ...['bare', OURS, ...CLIENTS, ...CLIENTS.map((name) => `${name}, cluster`)],
      ...['exporter-prometheus', 'exporter-prometheus over packages/meter'],
    ]
    const costs = await measureScrapes({ ...CASE, lines: 500, contestants }, { ...SIZE, turns: 1 })
    assert.deepEqual(Object.keys(costs.cpuMs ?? {}), contestants)
    for (const [measure, byContestant] of Object.entries(costs)) {
      for (const [name, [value]] of Object.entries(byContestant))
        assert.ok(Number.isFinite(value), `${measure} of ${name}`)
    }
    for (const name of contestants) assert.ok((costs.lines?.[name]?.[0] ?? 0) > 500, name)
  })

  it('does not pass over a response in another format than the one that is asked for', async () => {
    const contestants = ['exporter-prometheus']
    await assert.rejects(measureScrapes({ ...CASE, contestants, format: 'openmetrics' }, SIZE), /is text\/plain/)
  })

  it('costs the leader of three processes less CPU than one process of a client that has the same series', async () => {
    const costs = await measureScrapes({ ...CASE, lines: 20_000, processes: 3 }, SIZE)
    const { median } = summarizeToBetterClient(costs)
    assert.ok(median < 1, `${median} of the better client: ${JSON.stringify(costs.cpuMs)}`)
  })
})

describe('samplesOf', () => {
  it('reads the same samples from both formats', () => {
    const text = '# TYPE a histogram\na_bucket{le="1",x="a,\\"b"} 2\na_sum{x="a,\\"b"} 0.5\n\nb_total 3\n'
    const openmetrics =
      'a_bucket{x="a,\\"b",le="1.0"} 2.0\na_sum{x="a,\\"b"} 0.5\na_created{x="a,\\"b"} 1.5\nb_total 3.0\n# EOF\n'
    assert.equal(samplesOf(text).size, 3)
    assert.deepEqual(samplesOf(text), samplesOf(openmetrics))
  })

  it('rejects two samples of one series', () => {
    assert.throws(() => samplesOf('a{x="1",y="2"} 1\na{y="2",x="1"} 1\n'), /second sample/)
  })
})
