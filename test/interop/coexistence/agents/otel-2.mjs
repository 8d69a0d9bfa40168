// OpenTelemetry's NodeSDK 2 for ES modules, which need its loader hook.
import { register } from 'node:module'

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)
await import('./otel-2.cjs')
