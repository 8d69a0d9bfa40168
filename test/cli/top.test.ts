import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Demo, start } from '../../examples/agent/start.js'
import { STEPS, trickle } from '../../examples/agent/traffic.js'
import { NODE, startApp } from '../harness/app.ts'
import { demoEnv } from '../harness/environment.ts'
import { freePort } from '../harness/free-port.ts'
import { until } from '../harness/until.ts'
import { CLI, cliEnv, runCli } from './cli.ts'
import { exposition, startScriptedEndpoint } from './scripted-endpoint.ts'
import { startInTerminal, type Terminal, type TerminalOptions, terminalIsMissing } from './terminal.ts'

const IDLE = new URL('../e2e/apps/idle.mjs', import.meta.url)

/** The exposition of an app that has had so many requests and LLM calls, each of these in one bucket. */
const countsOf = (fast: number, slow: number, failed: number, tokens: number) =>
  exposition({
    agentgateway_requests_total: {
      kind: 'counter',
      samples: {
        '{route="/a",status="200"}': fast + slow,
        '{route="/a",status="503"}': failed,
        '{route="/b",status="200"}': 5,
      },
    },
    agentgateway_request_duration_seconds: {
      kind: 'histogram',
      samples: {
        '_bucket{route="/a",le="0.1"}': fast,
        '_bucket{route="/a",le="1"}': fast + slow + failed,
        '_bucket{route="/a",le="+Inf"}': fast + slow + failed,
        '_sum{route="/a"}': 1,
        '_count{route="/a"}': fast + slow + failed,
      },
    },
    agentgateway_llm_requests_total: {
      kind: 'counter',
      samples: { '{gen_ai_system="openai",gen_ai_request_model="gpt",error_type=""}': fast },
    },
    agentgateway_llm_tokens_total: {
      kind: 'counter',
      samples: {
        '{gen_ai_system="openai",gen_ai_request_model="gpt",gen_ai_token_type="input"}': tokens,
        '{gen_ai_system="openai",gen_ai_request_model="gpt",gen_ai_token_type="output"}': 2 * tokens,
      },
    },
    agentgateway_connections_active: { kind: 'gauge', samples: { '{bind="3000"}': 4, '{bind="3001"}': 3 } },
  })

interface TopJson {
  readonly seconds: number
  readonly openConnections: number
  readonly openSessions: Readonly<Record<string, number | null>>
  readonly http: readonly Readonly<Record<string, number | string | null>>[]
  readonly llm: readonly Readonly<Record<string, number | string | null>>[]
  readonly mcp: null
}

describe('agentgateway-otel top, without a terminal', () => {
  it('gives the rates, errors and percentiles of the time between two scrapes, and ends', async () => {
    const endpoint = await startScriptedEndpoint([countsOf(100, 10, 10, 500), countsOf(110, 18, 12, 800)])
    const { code, stdout, stderr } = await runCli(['top', '--url', endpoint.url, '--json', '--interval', '0.2'])
    endpoint.close()
    assert.deepEqual([code, stderr, endpoint.scrapes()], [0, '', 2])
    const { seconds, http, llm, mcp, openConnections, openSessions } = JSON.parse(stdout) as TopJson
    const rounded = (value: number) => Math.round(1e6 * value) / 1e6
    const times = (value: unknown) => rounded(seconds * Number(value))
    assert.deepEqual(
      http.map(({ perSecond, p95Seconds, ...row }) => ({
        ...row,
        grown: times(perSecond),
        p95Seconds: p95Seconds === null ? null : rounded(Number(p95Seconds)),
      })),
      [
        // 20 requests: 10 up to 100 ms and 10 up to 1 s, so the median is where both meet; 2 failed.
        { route: '/a', grown: 20, errorShare: 0.1, p50Seconds: 0.1, p95Seconds: 0.91 },
        { route: '/b', grown: 0, errorShare: null, p50Seconds: null, p95Seconds: null },
      ],
    )
    const [{ perSecond, inputTokensPerSecond, outputTokensPerSecond, ...row } = {}] = llm
    assert.deepEqual([perSecond, inputTokensPerSecond, outputTokensPerSecond].map(times), [10, 300, 600])
    assert.deepEqual(row, { system: 'openai', model: 'gpt', errorShare: 0, p95Seconds: null })
    assert.equal(mcp, null, 'the app does not make this metric')
    assert.equal(openConnections, 7)
    assert.deepEqual(openSessions, { server: null, client: null })
  })

  it('takes a counter that has fallen for one of an app that has been restarted', async () => {
    const endpoint = await startScriptedEndpoint([countsOf(100, 0, 0, 0), countsOf(3, 0, 0, 0)])
    const { stdout } = await runCli(['top', '--url', endpoint.url, '--json', '--interval', '0.1'])
    endpoint.close()
    const { seconds, http } = JSON.parse(stdout) as TopJson
    assert.equal(Math.round(seconds * Number(http[0]?.perSecond)), 3)
  })

  it('prints plain text once, the largest rates first and at most ten of each', async () => {
    const routes = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`{route="/${i}",status="200"}`, i]))
    const page = (samples: Readonly<Record<string, number>>) =>
      exposition({ agentgateway_requests_total: { kind: 'counter', samples } })
    const endpoint = await startScriptedEndpoint([page({}), page(routes)])
    const { code, stdout, stderr } = await runCli(['top', '--url', endpoint.url, '--interval', '0.1'], {
      env: { FORCE_COLOR: '1' },
    })
    endpoint.close()
    assert.deepEqual([code, stderr], [0, ''])
    assert.ok(!stdout.includes('\x1b'))
    assert.match(stdout, /^HTTP \S+\/s, 10 of 12 +req\/s +errors +p50 +p95$/m)
    assert.deepEqual(
      [...stdout.matchAll(/^\/(\d+) /gm)].map(([, route]) => Number(route)),
      [11, 10, 9, 8, 7, 6, 5, 4, 3, 2],
    )
    assert.match(stdout, /^LLM calls: not measured$/m)
  })

  it('fails with one line where nothing listens', async () => {
    const { code, stdout, stderr } = await runCli(['top', '--once', '--url', `127.0.0.1:${await freePort()}`])
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /^agentgateway-otel: nothing listens at [^\n]+\n$/)
  })

  it('exits with 2 for an interval that is none', async () => {
    for (const interval of ['0', 'x', '-1', '1e9']) {
      const { code, stderr } = await runCli(['top', `--interval=${interval}`])
      assert.equal(code, 2, interval)
      assert.match(stderr, /It has to be a number of seconds from 0\.1 to 2147483\./)
    }
  })
})

// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern finds escape sequences
const ESCAPE_SEQUENCES = /\x1b\[[?\d;]*[a-zA-Z]/g

/** The lines that were drawn last, whatever the terminal makes of them. */
function lastFrame(terminal: Terminal): readonly string[] {
  const [frame = ''] = terminal.output().split('\x1b[H').slice(-1)
  return frame.replace(ESCAPE_SEQUENCES, '').split(/\r+\n/)
}

const SHOW_CURSOR = '\x1b[?25h'

describe('agentgateway-otel top in a terminal', { skip: terminalIsMissing() }, () => {
  let demo: Demo
  before(async () => {
    demo = await start({ env: demoEnv('shop') })
    for (const step of STEPS) await step.run(demo)
  })
  after(() => demo?.stop())

  const startTop = (url: string, { env = {}, ...size }: Partial<TerminalOptions> = {}, args: readonly string[] = []) =>
    startInTerminal(NODE, [CLI, 'top', '--url', url, '--interval', '0.3', ...args], {
      env: cliEnv(env as Record<string, string>),
      ...size,
    })

  async function assertGivenBack(terminal: Terminal): Promise<void> {
    assert.equal(await terminal.isOther(), false, 'the other screen is still there')
    assert.ok(terminal.output().lastIndexOf(SHOW_CURSOR) > terminal.output().lastIndexOf('\x1b[?25l'), 'no cursor')
    assert.ok(terminal.output().lastIndexOf('\x1b[?7h') > terminal.output().lastIndexOf('\x1b[?7l'), 'no line wrap')
  }

  const hasLine = (pattern: RegExp) => (lines: readonly string[]) => lines.some((line) => pattern.test(line))

  it('shows an app of all kinds live, within the size that the terminal has, until q', async () => {
    const terminal = startTop(demo.metricsUrl, { columns: 100, rows: 40 })
    const first = await terminal.screenWhen(hasLine(/^MCP /))
    assert.equal(await terminal.isOther(), true)
    assert.match(first[0] ?? '', /^shop {2}http:\S+\/metrics {2}up .* {2}1 process$/)
    assert.ok(hasLine(/^\/users\/:id +– /)(first) || hasLine(/of the last/)(first), first.join('\n'))
    // There is no rate without traffic.
    const live = await until(
      async () => {
        await trickle(demo)
        const lines = await terminal.screen()
        return hasLine(/^\/users\/:id +[\d.]+ +0% +[\d.]+ (?:µs|ms|s) /)(lines) ? lines : undefined
      },
      () => terminal.output().slice(-4000),
    )
    assert.match(live[1] ?? '', /scraped in .* rates, errors and percentiles of the last /)
    assert.match(live[2] ?? '', /^open: \d+ connections, MCP sessions \d+ as server, \d+ as client$/)
    assert.ok(hasLine(/^custom gpt-5-mini/)(live), live.join('\n'))
    assert.ok(hasLine(/^weather get_weather .*server$/)(live), live.join('\n'))

    terminal.resize(60, 16)
    const small = await terminal.screenWhen(
      (lines) => hasLine(/^HTTP [\d.]+\/s, \d of \d+ +req\/s +errors +p50 +p95$/)(lines) && lines.length === 16,
    )
    assert.equal(small.filter((line) => /^(?:HTTP|LLM|MCP) /.test(line)).length, 3, small.join('\n'))
    for (const line of lastFrame(terminal)) assert.ok(line.length <= 60, line)

    terminal.type('q')
    assert.deepEqual(await terminal.end(), { code: 0, hasSameModes: true })
    await assertGivenBack(terminal)
  })

  it('ends by Ctrl-C, and gives the terminal back', async () => {
    const terminal = startTop(demo.metricsUrl)
    await terminal.screenWhen(hasLine(/^HTTP /))
    terminal.type('\x03')
    assert.deepEqual(await terminal.end(), { code: 0, hasSameModes: true })
    await assertGivenBack(terminal)
  })

  it('gives the terminal back while Ctrl-Z has stopped it, and takes it again', async () => {
    const terminal = startInTerminal('bash', ['--norc', '-i'], { env: cliEnv({}) })
    await terminal.screenWhen(hasLine(/[#$>] $/))
    terminal.type(`'${NODE}' '${CLI}' top --url ${demo.metricsUrl}\r`)
    await terminal.screenWhen(hasLine(/^HTTP /))
    terminal.type('\x1a')
    await terminal.screenWhen(hasLine(/Stopped/))
    await assertGivenBack(terminal)
    terminal.type('fg\r')
    await terminal.screenWhen(hasLine(/^HTTP /))
    assert.equal(await terminal.isOther(), true)
    terminal.type('q')
    // The shell's own screen has no title of a table.
    await terminal.screenWhen((lines) => !hasLine(/^HTTP /)(lines) && lines.filter((line) => line !== '').length > 3)
    terminal.type('exit\r')
    assert.equal((await terminal.end()).code, 0)
    await assertGivenBack(terminal)
  })

  it('gives the terminal back when a signal ends it', async () => {
    // The shell writes the process id, since only the terminal's Python knows it, and becomes the command.
    const terminal = startInTerminal(
      'sh',
      ['-c', `echo "pid $$."; exec "$0" "$@"`, NODE, CLI, 'top', '--url', demo.metricsUrl],
      { env: cliEnv({}) },
    )
    await terminal.screenWhen(hasLine(/^HTTP /))
    process.kill(Number(/pid (\d+)\./.exec(terminal.output())?.[1]), 'SIGTERM')
    assert.deepEqual(await terminal.end(), { code: -15, hasSameModes: true })
    await assertGivenBack(terminal)
  })

  it('says that the app is gone, goes on trying, and shows it again when it is back', async () => {
    const port = await freePort()
    const env = { OTEL_EXPORTER_PROMETHEUS_PORT: String(port), OTEL_SERVICE_NAME: 'shop' }
    const terminal = startTop(`127.0.0.1:${port}`)
    await terminal.screenWhen(hasLine(/^nothing listens at .*/))
    for (let i = 0; i < 2; i++) {
      const app = await startApp(IDLE, { env })
      await terminal.screenWhen((lines) => /^shop /.test(lines[0] ?? '') && hasLine(/scraped in/)(lines))
      await app.stop()
      const gone = await terminal.screenWhen(hasLine(/^nothing listens at/))
      assert.match(gone.join(' '), /trying again; the numbers are those of \d\d:\d\d:\d\d/)
      assert.ok(hasLine(/^HTTP /)(gone), gone.join('\n'))
    }
    terminal.type('q')
    assert.equal((await terminal.end()).code, 0)
  })

  it('has colours, and none with NO_COLOR', async () => {
    for (const [env, isStyled] of [
      [{}, true],
      [{ NO_COLOR: '1' }, false],
    ] as const) {
      const terminal = startTop(demo.metricsUrl, { env })
      await terminal.screenWhen(hasLine(/^HTTP /))
      terminal.type('q')
      await terminal.end()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern finds escape sequences
      assert.equal(/\x1b\[\d+m/.test(terminal.output()), isStyled)
    }
  })

  it('prints once, without taking the terminal, where that is dumb or --once is given', async () => {
    for (const [term, args] of [
      ['dumb', []],
      ['xterm', ['--once']],
    ] as const) {
      const terminal = startTop(demo.metricsUrl, { term, columns: 60 }, args)
      assert.equal((await terminal.end()).code, 0)
      assert.ok(!terminal.output().includes('\x1b[?'))
      const lines = terminal.output().split('\r\n')
      assert.ok(hasLine(/^HTTP /)(lines))
      for (const line of lines) assert.ok(line.length <= 60, line)
    }
  })

  it('is not driven by the values of labels', async () => {
    // A title for the window, an empty screen, red text by one character, text from right to left, and a line break.
    const hostile = ['\x1b]0;driven\x07', '\x1b[2J', '\x9b31m', '\u202eabc', '\\nlast']
    const samples = (label: string) =>
      Object.fromEntries(hostile.map((value) => [`{${label}="${value}",gateway="${hostile.join('')}"}`, 1]))
    const endpoint = await startScriptedEndpoint([
      exposition({
        agentgateway_requests_total: { kind: 'counter', samples: samples('route') },
        agentgateway_llm_requests_total: { kind: 'counter', samples: samples('gen_ai_request_model') },
        agentgateway_mcp_requests_total: { kind: 'counter', samples: samples('resource') },
      }),
    ])
    const terminal = startTop(endpoint.url, { columns: 120 })
    const shown = await terminal.screenWhen(hasLine(/of the last/))
    terminal.type('q')
    await terminal.end()
    endpoint.close()
    assert.equal(terminal.title(), '')
    const escaped = ['\\u001b]0;driven\\u0007', '\\u001b[2J', '\\u009b31m', '\\u202eabc', '\\u000alast']
    assert.ok(shown[0]?.startsWith(escaped.join('')), shown[0])
    for (const text of escaped) {
      const lines = shown.filter((line) => line.trimStart().startsWith(text) && line !== shown[0])
      assert.equal(lines.length, 3, `${text}\n${shown.join('\n')}`)
    }
    // What `top` itself sends is these sequences, and ends of lines.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern finds escape sequences
    const rest = terminal.output().replace(/\x1b\[(?:\?(?:1049|25|7)[hl]|[HKJ]|\d+m)|\r+\n/g, '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern finds control characters
    assert.doesNotMatch(rest, /[\0-\x1f\x7f-\x9f\u202e]/)
  })
})
