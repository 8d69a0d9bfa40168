import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { boundOf, MAX_LABEL_SET_SERIES, METRICS } from '@agentgateway-otel/metrics'
import { ExpositionParser } from '../../reading/exposition-parser.ts'
import { boundStates, isNear } from './label-bounds.ts'

const { name } = METRICS.requests

function scrape(labels: readonly string[]) {
  const parser = new ExpositionParser()
  parser.push(`# TYPE ${name} counter\n${labels.map((text) => `${name}{${text}} 1\n`).join('')}`)
  return parser.end()
}

const route = (value: unknown) => `method="GET",status="200",route="${value}",protocol="http"`
const { maxValues } = boundOf('http', 'route')

describe('boundStates', () => {
  it('counts the values of each open label and the series, against their limits', () => {
    const states = boundStates(scrape([route('/a'), route('/b')]))
    assert.deepEqual(
      states
        .filter(({ metrics }) => metrics.includes(name))
        .map(({ label, count, limit, isMet }) => [label, count, limit, isMet]),
      [
        ['route', 2, maxValues, false],
        [undefined, 2, MAX_LABEL_SET_SERIES, false],
      ],
    )
    assert.ok(!states.some(isNear))
  })

  it('names the label that is near its limit, and what to do about it', () => {
    const [fullest] = boundStates(scrape(Array.from({ length: 0.9 * maxValues }, (_, i) => route(i))))
    assert.ok(fullest && isNear(fullest))
    assert.deepEqual([fullest.label, fullest.isMet], ['route', false])
    assert.match(fullest.advice, /setRoute/)
  })

  it('says that a limit is met where there is _OTHER', () => {
    const [fullest] = boundStates(scrape([...Array.from({ length: maxValues }, (_, i) => route(i)), route('_OTHER')]))
    assert.deepEqual([fullest?.label, fullest?.count, fullest?.isMet], ['route', maxValues, true])
  })

  it('tells a value that is too long from too many of them', () => {
    const state = boundStates(scrape([route('_OTHER')])).find(({ isMet }) => isMet)
    assert.match(state?.advice ?? '', /more than 256 characters/)
    assert.ok(state && !isNear(state))
  })

  it('says that a limit of series is met, and which label has the most values', () => {
    const series = Array.from({ length: 501 }, (_, i) => [1, 2, 3, 4].map((j) => `method="${j}",route="${i}"`)).flat()
    const state = boundStates(scrape(series)).find(({ label, isMet }) => label === undefined && isMet)
    assert.equal(state?.count, 2004)
    assert.match(state?.advice ?? '', /route has the most values, 501/)
  })
})
