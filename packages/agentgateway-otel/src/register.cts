/**
 * The preload, for `--require` and `--import` alike. It checks whether this version of Node.js is supported before it
 * loads anything else, so it is CommonJS and its syntax works on old versions too.
 */
import type { start as Start } from './start.ts'

/**
 * Returns whether this is the thread of module hooks, which Node.js reports from 22.14 on. That thread has no script,
 * so only a process without one has to load the module to find out.
 */
function isLoaderThread(): boolean {
  if (process.argv[1] !== undefined) return false
  // biome-ignore lint/style/useNodejsImportProtocol: versions that are too old do not know the prefix
  return (require('worker_threads') as Partial<typeof import('node:worker_threads')>).isInternalThread === true
}

/** Logs to stderr without the package's own log, which may be what failed to load. */
function log(text: string): void {
  try {
    if ((process.env.OTEL_LOG_LEVEL || '').trim().toLowerCase() === 'none') return
  } catch {
    // Deno may keep the environment from the app.
  }
  console.error(`agentgateway-otel: ${text}`)
}

try {
  if (isLoaderThread()) {
    // Node.js runs the preload of --require again on the thread of an app's module hooks, where nothing of the app
    // runs.
  } else {
    const { findObstacle } = require('./obstacle.cjs') as { findObstacle(): string | undefined }
    const obstacle = findObstacle()
    if (obstacle === undefined) {
      const { start } = require('./start.cjs') as { start: typeof Start }
      start()
    } else log(obstacle)
  }
} catch (error) {
  log(`could not start, so the app runs without metrics: ${String(error)}`)
} finally {
  // `RegExp.lastMatch` and the like keep the last match of any code. The app finds them empty, as without the preload.
  ;/^/.test('')
}
