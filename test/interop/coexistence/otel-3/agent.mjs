// The same for ES modules, which need OpenTelemetry's loader hook.
import { register } from 'node:module'

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)
await import('./agent.cjs')
