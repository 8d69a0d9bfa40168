/**
 * The preload, for `--require` and `--import` alike. It decides whether this Node.js can carry the rest before it loads
 * any of it, so it is CommonJS and speaks the language of old versions.
 */
import type { start as Start } from './start.ts'

const MINIMUM = [22, 15] as const

function isSupported(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])
}

/** Known from Node.js 22.14 on. That thread has no script, and only where there is none is the module worth its load. */
function isLoaderThread(): boolean {
  if (process.argv[1] !== undefined) return false
  // biome-ignore lint/style/useNodejsImportProtocol: versions that are too old do not know the prefix
  return (require('worker_threads') as Partial<typeof import('node:worker_threads')>).isInternalThread === true
}

/** Without a log of its own: what goes wrong here may be why there is none. */
function say(text: string): void {
  if ((process.env.OTEL_LOG_LEVEL || '').trim().toLowerCase() !== 'none') console.error(`agentgateway-otel: ${text}`)
}

try {
  if (isLoaderThread()) {
    // Node.js runs what --require names again on the thread of an app's module hooks, where nothing of the app runs.
  } else if (isSupported()) {
    const { start } = require('./start.cjs') as { start: typeof Start }
    start()
  } else {
    say(
      `Node.js ${process.versions.node} is too old, so the app runs without metrics; ${MINIMUM.join('.')} or newer is needed`,
    )
  }
} catch (error) {
  say(`could not start, so the app runs without metrics: ${String(error)}`)
} finally {
  // `RegExp.lastMatch` and its siblings hold the last match of anybody: the app finds them empty, as at every start.
  ;/^/.test('')
}
