import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { REGISTER, startApp } from '../../harness/app.ts'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'
import { type Served, startAgentProvider } from './provider.ts'
import { expectedCounts, scrapedCounts } from './report-counts.ts'

interface Run {
  readonly served: readonly Served[]
  /** The lines that the app has printed, which are what it has seen. */
  readonly lines: readonly string[]
  readonly families: Families
}

/** What Claude Code's texts have that differs from run to run. */
const OF_ONE_RUN =
  /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|(?<=agentId: |to: ')\w+|(?<=duration_ms: )\d+|-tmp-agents-\w+/g

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Returns why the tests of an SDK are skipped, and says so on stderr, or false if they are not. */
function whyMissing(name: string): string | false {
  if (existsSync(file(`node_modules/${name}`))) return false
  const reason = `NOT TESTED with ${name}: npx -y pnpm@12 fetch:agents`
  process.stderr.write(`${reason}\n`)
  return reason
}

/** Runs an app that uses an agent, with the preload, which the agent inherits in NODE_OPTIONS, or without. */
async function run(app: string, preload: '--import' | 'none'): Promise<Run> {
  const provider = await startAgentProvider()
  const directory = await mkdtemp(join(tmpdir(), 'agents-'))
  const running = await startApp(file(app), {
    preload,
    env: {
      ...(preload === '--import' && { NODE_OPTIONS: `--import ${REGISTER}` }),
      AGENTGATEWAY_METRICS: 'genai,semconv,proxy',
      AGENTGATEWAY_LLM_HOSTS: `${new URL(provider.url).host}=local`,
      PROVIDER: provider.url,
      DIRECTORY: directory,
      HOME: directory,
      CODEX_HOME: directory,
      CLAUDE_CONFIG_DIR: directory,
      ANTHROPIC_BASE_URL: provider.url,
      ANTHROPIC_API_KEY: 'none',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    },
  })
  try {
    await running.line(/^done$/)
    const lines = running.stdout().replaceAll(directory, '').replaceAll(OF_ONE_RUN, '').split('\n')
    const { served } = provider
    if (preload === 'none') return { served, lines, families: new Map() }
    const isWhole = ([key]: readonly [string, number]) => / (?:input|output)$/.test(key)
    const tokens = Object.entries(expectedCounts(served, lines).tokens).filter(isWhole)
    const sum = tokens.reduce((sum, [, count]) => sum + count, 0)
    const hasAll = (now: Families) => sumOf(now, 'agentgateway_llm_tokens_total') >= sum
    return { served, lines, families: await running.metricsWhen(hasAll).catch(() => running.metrics()) }
  } finally {
    await running.stop()
    await provider.close()
    await rm(directory, { recursive: true, maxRetries: 5 })
  }
}

for (const [name, app, sdk] of [
  ['Claude Code', 'apps/claude.mjs', '@anthropic-ai/claude-agent-sdk'],
  ['Codex', 'apps/codex.mjs', '@openai/codex-sdk'],
] as const) {
  describe(name, { skip: whyMissing(sdk) }, () => {
    let withPreload: Run
    let without: Run
    before(async () => {
      withPreload = await run(app, '--import')
      without = await run(app, 'none')
    })

    it('has its calls and tokens counted as the provider served them, as far as its lines report them', () => {
      const { served, lines, families } = withPreload
      assert.ok(served.length >= 6, `${served.length} calls`)
      assert.deepEqual(scrapedCounts(families), expectedCounts(served, lines))
    })

    it('has no durations, and is no MCP client', () => {
      const { families } = withPreload
      for (const metric of [
        'agentgateway_llm_request_duration_seconds',
        'gen_ai_client_operation_duration_seconds',
        'agentgateway_gen_ai_client_token_usage',
        'agentgateway_mcp_requests_total',
      ])
        assert.deepEqual(families.get(metric)?.samples ?? [], [])
    })

    it('reports the same to the app as without the preload', () => {
      assert.deepEqual(withPreload.lines, without.lines)
    })
  })
}
