/** A longer variable is ignored. */
const MAX_CHARACTERS = 1024 * 1024

/** The variables that this package reads, and those in which PM2 gives the path and the folder of the app's script. */
const READ_HERE = /^(?:OTEL_|AGENTGATEWAY_|pm_exec_path$|pm_cwd$)/

/**
 * Unpacks what this package reads of PM2's variable `pm2_env`, which has the app's environment as JSON in cluster mode.
 * PM2 itself unpacks it into `process.env` before it loads the app, but only after the preload has run.
 */
export function unpackPm2Environment(environment: NodeJS.ProcessEnv): void {
  const { pm2_env: packed } = environment
  if (packed === undefined || packed.length > MAX_CHARACTERS) return
  try {
    for (const [name, value] of Object.entries(JSON.parse(packed) as Record<string, unknown>)) {
      if (READ_HERE.test(name) && typeof value === 'string') environment[name] = value
    }
  } catch {
    // The variable is not PM2's.
  }
}
