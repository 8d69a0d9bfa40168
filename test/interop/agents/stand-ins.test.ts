import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type App, NODE, REGISTER, startApp } from '../../harness/app.ts'
import { freePort } from '../../harness/free-port.ts'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'
import { type AgentProvider, startAgentProvider } from './provider.ts'
import { scrapedCounts } from './report-counts.ts'

// What the real agents do is in agents.slow.test.ts. A stand-in writes lines of their form, also such as cannot be had from
// them at will, and stands for a version of Claude Code that is a script of Node.js.

const STAND_IN = fileURLToPath(new URL('apps/stand-in.mjs', import.meta.url))
const CLAUDE_CODE = [NODE, STAND_IN, '--output-format', 'stream-json', '--verbose']
const CODEX = [NODE, STAND_IN, 'exec', '--experimental-json', '--model', 'gpt-5.2-codex']

const running: App[] = []
let provider: AgentProvider
before(async () => {
  provider = await startAgentProvider()
})
after(async () => {
  await Promise.all(running.map((app) => app.stop()))
  await provider.close()
})

async function start(env: Readonly<Record<string, string>> = {}): Promise<App> {
  const app = await startApp(new URL('apps/spawn.mjs', import.meta.url), {
    env: { AGENTGATEWAY_METRICS: 'genai', ...env },
  })
  running.push(app)
  return app
}

interface Started {
  readonly command?: readonly string[]
  readonly lines: readonly (object | string)[]
  readonly env?: Readonly<Record<string, string>>
  /** The text after which the app kills the child. */
  readonly kill?: string
}

const toText = (lines: Started['lines']) =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')

/** Has the app start a stand-in and waits for its end. Returns what the app saw of it. */
async function run(app: App, { command = CLAUDE_CODE, lines, env, kill }: Started) {
  const isEnd = (line: string) => line === 'ended'
  const before = app.stdout().split('\n').filter(isEnd).length
  app.writeLine(JSON.stringify({ command, env: { LINES: toText(lines), ...env }, kill }))
  for (;;) {
    const ends = app.stdout().split('\n').filter(isEnd).length
    if (ends > before) break
    await new Promise((resolve) => app.child.stdout?.once('data', resolve))
  }
  return JSON.parse(app.stdout().trim().split('\n').at(-2) ?? '')
}

const INIT = { type: 'system', subtype: 'init', model: 'claude-sonnet-4-5', claude_code_version: '2.1.0' }

const usage = (input: number, output: number) => ({
  inputTokens: input - 900,
  cacheCreationInputTokens: 100,
  cacheReadInputTokens: 800,
  outputTokens: output,
})

const message = (id: string, input: number, more = {}, model = 'claude-sonnet-4-5-20260901') => ({
  type: 'assistant',
  message: {
    id,
    model,
    content: [{ type: 'text', text: '"type":"result"' }],
    usage: {
      input_tokens: input - 900,
      cache_creation_input_tokens: 100,
      cache_read_input_tokens: 800,
      output_tokens: 1,
    },
  },
  parent_tool_use_id: null,
  ...more,
})

/** A result of an older version, which has only the total. */
const result = (input: number, output: number, session = 'a', more = {}) => ({
  type: 'result',
  session_id: session,
  modelUsage: { 'claude-sonnet-4-5': usage(input, output) },
  ...more,
})

const KEY = 'anthropic claude-sonnet-4-5 claude-sonnet-4-5-20260901'

const tokens = (families: Families) => {
  const { tokens } = scrapedCounts(families)
  return Object.fromEntries(Object.entries(tokens).filter(([key]) => /(?:input|output)$/.test(key)))
}

describe('an agent that is started with nothing in its stdin', () => {
  it('is counted by its lines, cut anywhere, malformed ones left out, and the app sees each byte', async () => {
    const app = await start()
    const lines = [
      ...['no JSON', '{"type":"assistant"', INIT, message('msg_1', 1001), message('msg_1', 1001), 'null', '[]'],
      ...['{"type":"result","modelUsage":{"x":{"inputTokens":-1,"outputTokens":"2"}}}', message('msg_2', 1002)],
      result(2003, 20),
    ]
    const seen = await run(app, { lines, env: { PIECE: '7' } })
    assert.deepEqual(seen, { output: toText(lines), own: [], listeners: 1 })
    const { calls, tokens } = scrapedCounts(await app.metrics())
    assert.deepEqual(calls, { [`${KEY}  reported`]: 2 })
    const details = { [`${KEY} input_cache_read`]: 800, [`${KEY} input_cache_write`]: 100 }
    assert.deepEqual(tokens, { [`${KEY} input`]: 2003, [`${KEY} output`]: 20, ...details })
  })

  it('is counted by what its totals grow by, from zero after the session has changed', async () => {
    const app = await start()
    const turn = (n: number, total: object) => [message(`msg_${n}`, 1000 + n), total]
    const more = message('msg_1', 1001)
    const lines = [
      INIT,
      ...turn(1, result(1001, 10)),
      more,
      ...turn(2, result(2003, 30)),
      ...turn(3, result(5003, 70, 'b')),
    ]
    await run(app, { lines })
    // More of the content of a call may come after the turn in which it was counted.
    assert.deepEqual(scrapedCounts(await app.metrics()).calls, { [`${KEY}  reported`]: 3 })
    assert.deepEqual(tokens(await app.metrics()), { [`${KEY} input`]: 7006, [`${KEY} output`]: 100 })
  })

  it('is counted by the usage of its main agent, where the first total may contain what other processes used', async () => {
    const app = await start()
    const turn = {
      input_tokens: 101,
      cache_creation_input_tokens: 100,
      cache_read_input_tokens: 800,
      output_tokens: 10,
    }
    const lines = [
      INIT,
      message('msg_9', 1001),
      result(9001, 90, 'a', { usage: turn }),
      message('msg_10', 1002),
      result(10003, 95),
    ]
    await run(app, { lines, command: [...CLAUDE_CODE, '--resume=a'] })
    assert.deepEqual(tokens(await app.metrics()), { [`${KEY} input`]: 2003, [`${KEY} output`]: 15 })
  })

  it('has the inputs and the call that were reported before it was killed', async () => {
    const app = await start()
    const ofSubAgent = message('msg_3', 1003, { parent_tool_use_id: 'toolu_1' }, 'claude-haiku-4-5')
    const lines = [INIT, message('msg_1', 1001), message('msg_2', 1002), ofSubAgent]
    await run(app, { lines, env: { HANG: '1' }, kill: 'msg_3' })
    const { calls, tokens } = scrapedCounts(await app.metrics())
    // No line has said which model the sub-agent asked for.
    const other = 'anthropic unknown claude-haiku-4-5'
    const aborted = { [`${KEY} aborted reported`]: 1, [`${other} aborted reported`]: 1 }
    assert.deepEqual(calls, { [`${KEY}  reported`]: 1, ...aborted })
    assert.deepEqual(tokens, { [`${KEY} input`]: 2003, [`${other} input`]: 1003 })
  })

  it('has no output counted that is an estimate, after it was interrupted', async () => {
    const app = await start()
    const usage = { output_tokens: 0 }
    const cut = result(1001, 3, 'a', { terminal_reason: 'aborted_streaming', usage })
    await run(app, { lines: [INIT, message('msg_1', 1001), cut] })
    assert.deepEqual(tokens(await app.metrics()), { [`${KEY} input`]: 1001, [`${KEY} output`]: 0 })
  })

  it('is counted under the name of the provider that it names', async () => {
    const app = await start()
    const used = { ...usage(1001, 10), provider: 'bedrock' }
    const line = { type: 'result', model_usage_since_last_result: { 'us.anthropic.claude-x-v1:0': used } }
    await run(app, { lines: [INIT, line] })
    assert.deepEqual(tokens(await app.metrics()), {
      'aws.bedrock us.anthropic.claude-x-v1:0 unknown input': 1001,
      'aws.bedrock us.anthropic.claude-x-v1:0 unknown output': 10,
    })
  })
})

describe('a Codex', () => {
  const turn = (thread: string, input: number, output: number) => [
    { type: 'thread.started', thread_id: thread },
    { type: 'turn.completed', usage: { input_tokens: input, cached_input_tokens: 5, output_tokens: output } },
  ]

  const counted = (input: number, output: number) => ({
    'openai gpt-5.2-codex unknown input': input,
    'openai gpt-5.2-codex unknown output': output,
  })

  it('is counted by what the total of its thread grows by, which is not known if others used the thread before', async () => {
    const app = await start()
    const [own, other] = [randomUUID(), randomUUID()]
    const continued = (thread: string) => [...CODEX, 'resume', thread]
    await run(app, { command: CODEX, lines: ['a warning', ...turn(own, 1000, 10)] })
    const withoutUsage = [...turn(own, 0, 0).slice(0, 1), { type: 'turn.completed' }]
    await run(app, { command: continued(own), lines: withoutUsage })
    await run(app, { command: continued(own), lines: turn(own, 3000, 25) })
    await run(app, { command: continued(other), lines: turn(other, 70_000, 700) })
    await run(app, { command: continued(other), lines: turn(other, 70_100, 701) })
    assert.deepEqual(tokens(await app.metrics()), counted(3100, 26))
  })

  it('is counted under the provider and the model of its command', async () => {
    const app = await start({ AGENTGATEWAY_LLM_HOSTS: 'llm.internal=internal' })
    const exec = [NODE, STAND_IN, 'exec', '--json']
    const at = (url: string) => ['--config', `openai_base_url="${url}"`]
    for (const command of [
      [...exec, '-c', 'model="gpt-5.2"'],
      [...exec, '-m', 'gpt-oss', '--oss'],
      [...exec, '--model=a', '--config=model_provider="own"'],
      [...exec, '-m', 'b', ...at('https://llm.internal/v1')],
      [...exec, '-m', 'c', ...at('https://api.openai.com/v1')],
    ])
      await run(app, { command, lines: turn(randomUUID(), 1, 2) })
    assert.deepEqual(
      Object.keys(tokens(await app.metrics())).filter((key) => key.endsWith('input')),
      ['openai gpt-5.2', 'custom gpt-oss', 'custom a', 'internal b', 'openai c'].map((key) => `${key} unknown input`),
    )
  })

  it('has each turn counted once when processes continue its thread by turns', async () => {
    const [app, other] = [await start(), await start()]
    const thread = randomUUID()
    const command = [...CODEX, 'resume', thread]
    await run(app, { command: CODEX, lines: turn(thread, 1000, 10) })
    await run(other, { command, lines: turn(thread, 3000, 25) })
    await run(app, { command, lines: turn(thread, 3100, 26) })
    assert.deepEqual(tokens(await app.metrics()), counted(1100, 11))
    assert.deepEqual(tokens(await other.metrics()), counted(2000, 15))
  })
})

describe('a child that is no such agent', () => {
  it('is not counted, whatever it writes, and not observed once that is known', async () => {
    const app = await start()
    const lines = [INIT, message('msg_1', 1001), result(1001, 10)]
    await run(app, { lines, command: [NODE, STAND_IN] })
    await run(app, { lines, command: [NODE, STAND_IN, '--output-format', 'json'] })
    await run(app, { lines: lines.slice(1), command: CLAUDE_CODE })
    await run(app, { lines, command: CODEX })
    // Gemini CLI has taken over the flag, but not the lines.
    await run(app, {
      lines: [
        { type: 'init', model: 'gemini-3-pro' },
        { type: 'result', stats: { input_tokens: 5 } },
      ],
    })
    assert.deepEqual(scrapedCounts(await app.metrics()), { calls: {}, tokens: {} })
  })
})

describe('an agent that is a Node.js process and inherits the preload', () => {
  const lines = [INIT, message('msg_1', 1001), result(1001, 102)]
  const counts = (families: Families) => ({
    calls: sumOf(families, 'agentgateway_llm_requests_total'),
    input: sumOf(families, 'agentgateway_llm_tokens_total', { gen_ai_token_type: 'input' }),
  })

  for (const [how, command] of [
    ['directly', CLAUDE_CODE],
    ['by a shell', ['/bin/sh', '-c', `"${NODE}" "${STAND_IN}" --output-format stream-json --verbose; true`]],
  ] as const) {
    it(`has each call counted once, by itself, when it is started ${how}`, async () => {
      const app = await start({
        OTEL_EXPORTER_PROMETHEUS_PORT: String(await freePort()),
        NODE_OPTIONS: `--import ${REGISTER}`,
      })
      const first = provider.served.length
      await run(app, { lines, command, env: { CALL: `${provider.url}/v1/messages` } })
      const { input } = provider.served[first] ?? assert.fail()
      const families = await app.metricsWhen((now) => counts(now).calls > 0)
      assert.deepEqual(counts(families), { calls: 1, input })
      // The call was counted by the process that made it, whose provider is known by its host.
      assert.equal(sumOf(families, 'agentgateway_llm_requests_total', { gen_ai_system: 'custom' }), 1)
    })
  }

  it('has each call counted once, by the app, when it does not inherit the preload', async () => {
    const app = await start()
    await run(app, { lines, env: { CALL: `${provider.url}/v1/messages` } })
    assert.deepEqual(counts(await app.metrics()), { calls: 1, input: 1001 })
  })
})
