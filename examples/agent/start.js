import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { startLedgerProxy } from './ledger-proxy.js'
import { startProvider } from './provider.js'

/**
 * @typedef {Awaited<ReturnType<typeof start>>} Demo
 *
 * @typedef {object} StartOptions
 * @property {Readonly<Record<string, string | undefined>>} [env] the app's environment; process.env by default
 */

const DEADLINE_MS = 30_000
const APP = fileURLToPath(new URL('app.js', import.meta.url))
/** The file that `--import agentgateway-otel/register` resolves to, wherever the demo is started from. */
const REGISTER = import.meta.resolve('agentgateway-otel/register')

/**
 * Starts the app with the preload flag and nothing else, behind the proxy that counts, and starts the local provider unless
 * the environment names both real ones.
 *
 * @param {StartOptions} [options]
 */
export async function start({ env = process.env } = {}) {
  if (!existsSync(new URL(REGISTER))) throw new Error('agentgateway-otel is not built: run npx -y pnpm@12 build')
  const isReal = (/** @type {string} */ name) => Boolean(env[`${name}_API_KEY`] || env[`${name}_BASE_URL`])
  const real = ['OPENAI', 'ANTHROPIC'].filter(isReal)
  const provider = await startProvider(0, '127.0.0.1')
  const proxy = await startLedgerProxy()
  const local = Object.entries({
    ...provider.env,
    // Under another name than OpenAI's, by which AGENTGATEWAY_LLM_HOSTS can tell the two apart.
    ANTHROPIC_BASE_URL: provider.env.ANTHROPIC_BASE_URL.replace('127.0.0.1', 'localhost'),
  }).filter(([name]) => !real.some((prefix) => name.startsWith(prefix)))
  const child = spawn(process.execPath, ['--import', REGISTER, APP], {
    env: { ...env, ...Object.fromEntries(local), MCP_URL: `${proxy.url}/mcp` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  /** Ends the app with this process, however it ends. */
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)

  const output = { stdout: '', stderr: '' }
  for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
    child[name].setEncoding('utf8').on('data', (text) => {
      output[name] += text
      child.emit('output')
    })
  }
  const ended = once(child, 'close')

  async function stop() {
    if (child.exitCode === null && child.signalCode === null) child.kill()
    await ended
    process.off('exit', kill)
    proxy.close()
    provider.close()
  }

  try {
    const appUrl = await printed(/listening on (http:\S+)/, 'stdout')
    const metricsUrl = await printed(/metrics on (http:\S+)/, 'stderr')
    const appPort = Number(new URL(appUrl).port)
    proxy.forwardTo(appPort)
    return {
      child,
      appUrl,
      appPort,
      metricsUrl,
      proxy,
      /** Undefined when a real provider is used for either, since its ledger would miss those calls. */
      provider: real.length === 0 ? provider : undefined,
      /** The app's output on stderr. */
      stderr: () => output.stderr,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }

  /** @param {RegExp} pattern @param {'stdout' | 'stderr'} stream */
  async function printed(pattern, stream) {
    const { promise, resolve, reject } = Promise.withResolvers()
    const look = () => {
      const [, found] = pattern.exec(output[stream]) ?? []
      if (found !== undefined) resolve(found)
    }
    const fail = () => reject(new Error(`the app did not start: ${output.stderr.trim() || 'it printed nothing'}`))
    const timer = setTimeout(fail, DEADLINE_MS)
    child.on('output', look).on('close', fail)
    look()
    return promise.finally(() => {
      clearTimeout(timer)
      child.off('output', look).off('close', fail)
    })
  }
}
