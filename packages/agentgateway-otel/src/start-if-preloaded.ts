import { entryPreloadedBy } from './preload-flag.ts'

const REGISTER = 'agentgateway-otel/register'

/**
 * Starts the metrics if the process has `--import agentgateway-otel` or the like, where `/register` was left out. An app
 * that imports this package has no such flag, or its flag has started the metrics before.
 *
 * The preload is looked up from where Node.js found what the flag names, not from this file, which may be in the app's
 * bundle by now.
 */
export function startIfPreloaded(): void {
  try {
    // What is not Node.js may have no flags at all.
    const specifier = entryPreloadedBy(process.execArgv ?? [], process.env.NODE_OPTIONS)
    if (specifier === undefined || Symbol.for('agentgateway-otel.started') in globalThis) return
    const { createRequire } = process.getBuiltinModule('node:module')
    if (specifier === 'agentgateway-otel') createRequire(`${process.cwd()}/`)(REGISTER)
    else createRequire(specifier)('./register.cjs')
  } catch (error) {
    if ((process.env.OTEL_LOG_LEVEL || '').trim().toLowerCase() === 'none') return
    console.error(`agentgateway-otel: could not start, use --import ${REGISTER}: ${firstLine(error)}`)
  }
}

const firstLine = (error: unknown) => String(error).replace(/\n.*/s, '')
