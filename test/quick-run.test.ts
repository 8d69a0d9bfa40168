import assert from 'node:assert/strict'
import { globSync, readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const glob = (pattern: string) => globSync(pattern, { cwd: ROOT, exclude: (name) => name === 'node_modules' })

/** What `pnpm test` has to cover, and the test files that do. */
const COVERED: Readonly<Record<string, readonly string[]>> = {
  'every default metric of the table': ['e2e/demo', 'e2e/prometheus'],
  'a Prometheus that scrapes, and stores hostile values': ['e2e/prometheus', 'e2e/hostile-values'],
  'other scrapers and parsers, in each format': ['e2e/scrapers', 'e2e/independent-parsers', 'e2e/accept'],
  'the dashboard': ['e2e/grafana'],
  'the command, and what it shows in a terminal': ['cli/run', 'cli/config', 'cli/metrics', 'cli/endpoint', 'cli/top'],
  'the page for people, in a browser': ['page/demo', 'page/hostile-values', 'page/endpoints', 'page/lazy'],
  'OTLP and HttpInstrumentation': ['otlp/bridge', 'otlp/http-instrumentation', 'processes/other-metrics'],
  "each protocol of OTLP, and receivers' names": [
    ...['otlp/protocols', 'otlp/connections', 'otlp/victoria-metrics', 'otlp/prometheus-translation'],
  ],
  'OTLP exports that fail': ['otlp/undelivered'],
  'jobs that end, and those that flush': ['otlp/jobs'],
  'a flag without /register': ['e2e/entry-preload'],
  'collectors that fail, and apps that watch their own requests': [
    'otlp/faults/table',
    'otlp/faults/retries',
    'otlp/faults/tls',
    ...['otlp/faults/grpc-table', 'otlp/faults/grpc-retries', 'otlp/faults/grpc-tls'],
    'otlp/unobserved',
  ],
  'metrics that are selected': ['e2e/selected-metrics'],
  'garbage in the variables': ['configuration/garbage', 'configuration/fuzz'],
  'buckets that are set': ['e2e/buckets'],
  'paths that are ignored': ['interop/http/ignored-paths'],
  'node:http, node:http2 and upgrades': ['interop/http/servers', 'interop/http/http2', 'interop/http/upgrades'],
  'Express and Fastify': ['interop/http/routes-express', 'interop/http/routes-fastify'],
  'other frameworks': ['interop/http-nest/routes-nest', 'interop/http/routes-koa', 'interop/http/routes-hono'],
  'an LLM client of each family of providers': ['interop/llm/families'],
  'agents in child processes': ['interop/agents/stand-ins'],
  'LLM calls that an app records': ['interop/llm/calls'],
  'an MCP client and server on each transport': ['interop/mcp/pairs'],
  'another metrics library in the app': ['interop/coexistence/prom-client', 'interop/coexistence/prometheus-exporter'],
  "an app's own OpenTelemetry SDK": ['interop/own-sdk/own-sdk'],
  'an app that is bundled into one file, with the preload': ['bundlers/esbuild'],
  'a cluster, threads, children and processes that were started one by one': [
    ...['processes/cluster', 'processes/threads-and-children', 'processes/sharing', 'processes/rendezvous'],
  ],
  'processes that are hostile, and apps that watch theirs': ['processes/hostile', 'processes/unnoticed'],
  'npm, tsx and other wrappers': ['processes/wrappers'],
  'the name of the service, and attributes of the resource': ['processes/package-names', 'otlp/resource'],
  'faults of ours': ['faults/injected'],
  'what an app could notice': [
    ...['faults/process', 'faults/starts', 'faults/http1', 'faults/http2', 'faults/listeners', 'faults/modules'],
    ...['faults/async-hooks', 'faults/clock', 'faults/unsupported'],
  ],
  'the scrape endpoint under floods and random requests': ['endpoint/floods', 'endpoint/fuzz'],
  'the documents and their examples': [
    'docs/documents',
    'docs/command',
    'docs/code-blocks',
    'docs/sending',
    'docs/troubleshooting',
    'docs/doctor',
  ],
  'what doctor finds': [
    ...['flags', 'environment', 'ports', 'dead-collector', 'metrics', 'other-agents', 'report'].map(
      (name) => `cli/doctor/${name}`,
    ),
  ],
  'the tarballs, and what is bundled': ['published/tarballs', 'published/third-party'],
  'the examples': [
    ...['examples/mcp', 'examples/lambda', 'examples/kubernetes', 'examples/collector'],
    ...['examples/docker-compose', 'examples/docker-compose-running'],
  ],
  "the programs that run other projects' suites and the benchmark": ['suites/compare', 'bench/scrape/scrape'],
}

describe('the quick run, `pnpm test`', () => {
  for (const name of readdirSync(`${ROOT}/packages`)) {
    it(`has unit tests of packages/${name}`, () => {
      assert.notEqual(glob(`packages/${name}/src/**/*.test.ts`).length, 0)
    })
  }

  for (const [what, names] of Object.entries(COVERED)) {
    it(`covers ${what}`, () => {
      const quick = new Set(glob('test/**/!(*.slow).test.ts'))
      for (const name of names) assert.ok(quick.has(`test/${name}.test.ts`), name)
    })
  }
})
