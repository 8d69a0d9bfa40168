/** More of it is not read. */
const MAX_CHARACTERS = 1024 * 1024

/** What this package reads, and how PM2 says which script is the app's. */
const OURS = /^(?:OTEL_|AGENTGATEWAY_|pm_exec_path$|pm_cwd$)/

/**
 * In PM2's cluster mode the app's environment comes as JSON in the variable `pm2_env`. PM2 unpacks it into `process.env`
 * before it loads the app, but after the preload: what is ours among it is unpacked here, a moment earlier.
 */
export function unpackPm2Environment(environment: NodeJS.ProcessEnv): void {
  const { pm2_env: packed } = environment
  if (packed === undefined || packed.length > MAX_CHARACTERS) return
  try {
    for (const [name, value] of Object.entries(JSON.parse(packed) as Record<string, unknown>)) {
      if (OURS.test(name) && typeof value === 'string') environment[name] = value
    }
  } catch {
    // Somebody else's variable of that name.
  }
}
