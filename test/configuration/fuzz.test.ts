import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { readConfiguration } from '../../packages/agentgateway-otel/src/configuration/read-configuration.ts'
import { VARIABLES } from '../../packages/agentgateway-otel/src/configuration/variables.ts'

const NAMES = Object.values(VARIABLES).flatMap(({ names }) => names)

/** How many problems one variable can have: one for each kind of fault in a list. */
const MAX_PROBLEMS = 12

/** A problem quotes a few items at most, each cut, and a character takes up to ten when it is escaped. */
const MAX_LENGTH = 6000

// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern finds control characters
const UNPRINTABLE = /[\u0000-\u001f]/

/** Pieces of what the variables may be, so that the parsers get further than their first check. */
const piece = fc.constantFrom(
  ...[
    'http://',
    'https://',
    'localhost',
    ':4317',
    '[::1]',
    '@',
    '?',
    '#',
    '/',
    '/*',
    '*',
    '%',
    '%20',
    '%0a',
    '%zz',
    '=',
    ',',
    ';',
  ],
  ...[
    'true',
    'none',
    'all',
    'otlp',
    'grpc',
    'request_duration_seconds',
    '-mcp',
    'authorization',
    '0',
    '1',
    '1e999',
    '-1',
    '0x10',
  ],
  ...[
    'NaN',
    ' ',
    '\n',
    '\t',
    '"',
    '\\',
    '{}',
    '__proto__',
    'constructor',
    '\u{1f388}',
    '\ud800',
    '\u2028',
    '\u202e',
    '\u009b',
  ],
)
const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 60 }).map((pieces) => pieces.join('')),
  fc.tuple(piece, fc.integer({ min: 1, max: 20_000 })).map(([text, times]) => text.repeat(times)),
)

/** Variables of the table, and others whose names are nearly theirs. */
const name = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...NAMES) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...NAMES), fc.string({ maxLength: 3 })).map(([name, end]) => name + end),
  },
)

describe('readConfiguration', () => {
  it('never throws, and reports problems in lines of bounded number and length, whatever the environment has', () => {
    const environments = fc.dictionary(name, value, { maxKeys: 12 })
    fc.assert(
      fc.property(environments, (environment) => {
        const { problems, otlp, prometheus, buckets, httpIgnore } = readConfiguration(environment)
        assert.ok(problems.length <= MAX_PROBLEMS * Object.keys(environment).length)
        for (const problem of problems) {
          assert.doesNotMatch(problem, UNPRINTABLE)
          assert.match(problem, /^\w+/)
          assert.ok(problem.length <= MAX_LENGTH, `${problem.length}`)
        }
        if (prometheus !== undefined) assert.ok(prometheus.port >= 0 && prometheus.port <= 65_535)
        if (otlp !== undefined) {
          assert.match(new URL(otlp.url).protocol, /^https?:$/)
          assert.ok(otlp.timeoutMs >= 1 && otlp.timeoutMs <= otlp.intervalMs)
        }
        for (const bounds of Object.values(buckets)) {
          assert.ok(bounds.every((bound, i) => bound >= 0 && (i === 0 || bound > (bounds[i - 1] as number))))
        }
        assert.ok(httpIgnore.every((path) => path.startsWith('/')))
      }),
      { numRuns: 1500 },
    )
  })

  it('shows nothing of a header, a token, a key, or what a URL has before its @ or in its query', () => {
    const secret = 'Sup3rS3cret'
    const around = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''))
    const secrets = Object.values(VARIABLES).filter(({ isSecret }) => isSecret)
    assert.ok(secrets.length >= 4)
    fc.assert(
      fc.property(fc.constantFrom(...secrets.flatMap(({ names }) => names)), around, around, (name, before, after) => {
        const { problems } = readConfiguration({
          AGENTGATEWAY_EXPORTERS: 'otlp',
          [name]: `authorization=${before}${secret}${after}`,
          OTEL_EXPORTER_OTLP_ENDPOINT: `${before}user:${secret}@collector`,
          OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `collector?token=${secret}`,
        })
        assert.ok(!problems.join().includes(secret), problems.join('\n'))
      }),
      { numRuns: 1000 },
    )
  })
})
