import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { VARIABLES } from '../../packages/agentgateway-otel/src/configuration/variables.ts'
import { NODE, REGISTER } from '../harness/app.ts'
import { childEnv } from '../harness/environment.ts'
import { startProcess } from '../harness/process.ts'

const APP = fileURLToPath(new URL('./apps/served.mjs', import.meta.url))

const ALL = Object.values(VARIABLES).flatMap(({ names }) => names)

/** What nothing but a text of any kind can be. */
const GARBAGE: Readonly<Record<string, string>> = {
  'a word': 'garbage',
  'a value in the wrong place': 'True;prometheus',
  'a path of a folder': '/',
  'a file that is not there': '/no/such/file.pem',
  'a number that is not one': 'NaN',
  'a negative number': '-1',
  'a number that is too large': '1e999',
  'a hexadecimal number': '0x10',
  'a property of all objects': '__proto__',
  JSON: '{"a":[1,"b"]}',
  quotes: '"\'`"',
  'an emoji': '\u{1f388}',
  'control characters': '\u0001\u001b[31m\u009b31m\r\n\u2028agentgateway-otel: forged',
  '100 KB': 'x'.repeat(100_000),
}

/**
 * What the tests need to be right: a port of loopback, and an OTLP endpoint for which all other variables count. Nothing
 * listens there, and the last export would wait for it.
 */
const RIGHT: Readonly<Record<string, string>> = {
  AGENTGATEWAY_EXPORTERS: 'prometheus,otlp',
  OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
  OTEL_EXPORTER_PROMETHEUS_PORT: '0',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'https://127.0.0.1:1',
  AGENTGATEWAY_EXPORT_AT_END: 'false',
}

/** The variables that may be a text of any kind, so that whatever uses the text says what is wrong with it. */
const FREE = new Set([
  'OTEL_SERVICE_NAME',
  'OTEL_EXPORTER_PROMETHEUS_HOST',
  'AGENTGATEWAY_METRICS_TOKEN',
  'AGENTGATEWAY_WEB_CONFIG_FILE',
  'OTEL_CONFIG_FILE',
  'OTEL_EXPERIMENTAL_CONFIG_FILE',
  ...['CERTIFICATE', 'CLIENT_CERTIFICATE', 'CLIENT_KEY'].flatMap((name) => [
    `OTEL_EXPORTER_OTLP_${name}`,
    `OTEL_EXPORTER_OTLP_METRICS_${name}`,
  ]),
])

/** The variable that is not looked at while the one before it, a switch, has garbage. */
const NOT_READ = 'OTEL_EXPORTER_OTLP_INSECURE'

/** Values of the list that happen to be allowed. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  AGENTGATEWAY_HTTP_IGNORE: ['/', '/no/such/file.pem'],
}

/** Starts the app with these variables, and returns its lines on stderr. */
async function run(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const running = startProcess(NODE, ['--import', REGISTER, APP], { env: { ...childEnv(), ...RIGHT, ...env } })
  const exit = await running.exit()
  assert.deepEqual([exit, running.stdout()], [{ code: 0, signal: null }, 'served\n'], running.stderr())
  return running.stderr().split('\n').slice(0, -1)
}

/** Returns the lines whose subject is this variable, possibly among others. */
const linesOf = (lines: readonly string[], name: string) =>
  lines.filter((line) => new RegExp(`^agentgateway-otel: (?:\\w+, )*${name}\\b`).test(line))

/** Groups of the variables that fit into one environment, which has to be smaller than 2 MB. */
function* groupsOf(names: readonly string[], value: string): Iterable<readonly string[]> {
  const size = Math.max(1, Math.floor(1_000_000 / (value.length + 100)))
  for (let start = 0; start < names.length; start += size) yield names.slice(start, start + size)
}

function checkLines(lines: readonly string[], names: readonly string[], value: string): void {
  for (const line of lines) {
    assert.match(line, /^agentgateway-otel: /)
    assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    // The log cuts longer lines: a path is shown whole, and is 4096 bytes long at most.
    assert.ok(line.length < 4100, line)
  }
  for (const name of names) {
    if (FREE.has(name)) continue
    const isRead = name !== NOT_READ || !names.includes('OTEL_EXPORTER_OTLP_METRICS_INSECURE')
    const expected = !isRead || ALLOWED[name]?.includes(value) ? 0 : 1
    const own = linesOf(lines, name)
    assert.equal(own.length, expected, `${name}=${value.slice(0, 50)}\n${lines.join('\n')}`)
    // It says what is allowed, and what becomes of the value.
    if (expected === 1) assert.match(own.join(), /( is not .*; | (ignored|left out): | so all of it is ignored)/)
  }
}

describe('garbage in the variables', () => {
  for (const [what, value] of Object.entries(GARBAGE)) {
    it(`is one line for each variable, and the app runs: ${what}`, async () => {
      const others = ALL.filter((name) => !(name in RIGHT) && name !== 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT')
      for (const names of groupsOf(others, value)) {
        const lines = await run(Object.fromEntries(names.map((name) => [name, value])))
        checkLines(lines, names, value)
      }
      const exporters = ['AGENTGATEWAY_EXPORTERS', 'OTEL_METRICS_EXPORTER']
      checkLines(await run(Object.fromEntries(exporters.map((name) => [name, value]))), exporters, value)
      const endpoints = ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT']
      checkLines(await run(Object.fromEntries(endpoints.map((name) => [name, value]))), endpoints, value)
      const port = { AGENTGATEWAY_EXPORTERS: 'none', OTEL_EXPORTER_PROMETHEUS_PORT: value }
      checkLines(await run(port), ['OTEL_EXPORTER_PROMETHEUS_PORT'], value)
      const end = { AGENTGATEWAY_EXPORT_AT_END: value, OTEL_EXPORTER_OTLP_TIMEOUT: '1' }
      checkLines(await run(end), ['AGENTGATEWAY_EXPORT_AT_END'], value)
    })

    it(`does not open the endpoint, where the host is ${what}`, async () => {
      const lines = await run({ OTEL_EXPORTER_PROMETHEUS_HOST: value, AGENTGATEWAY_EXPORTERS: 'prometheus' })
      checkLines(lines, [], value)
      assert.doesNotMatch(lines.join('\n'), /metrics on http/)
    })
  }

  it('is none where all variables are empty, or have but spaces', async () => {
    for (const value of ['', ' \t ']) {
      const names = ALL.filter((name) => !(name in RIGHT) && name !== 'AGENTGATEWAY_METRICS_TOKEN')
      const lines = await run(Object.fromEntries(names.map((name) => [name, value])))
      assert.deepEqual(
        lines.map((line) => line.replace(/:\d+\//, ':0/').replace(/ \d\S* /, ' 0 ')),
        ['agentgateway-otel: 0 metrics on http://127.0.0.1:0/metrics'],
      )
    }
  })
})
