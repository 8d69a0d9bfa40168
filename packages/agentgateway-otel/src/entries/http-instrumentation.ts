import http from 'node:http'
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'
import type { MeterProvider } from '@opentelemetry/api'
import type { ShimWrapped } from '@opentelemetry/instrumentation'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'

/** DNS has no longer names. A request to a longer one is not recorded, so that a label's length stays bounded. */
const MAX_HOST_LENGTH = 255

const MODULES: Readonly<Record<string, unknown>> = { http, https }

/**
 * Starts OpenTelemetry's HttpInstrumentation for its metrics alone: `http.server.request.duration` and
 * `http.client.request.duration` of the semantic conventions. It wraps `http.request`, `http.get`, the `emit` of
 * `http.Server`, and the same of `https`; ES modules see the wrapped functions too.
 */
export function startHttpInstrumentation(provider: MeterProvider): void {
  const instrumentation = new UnmarkedHttpInstrumentation({
    enabled: false,
    ignoreOutgoingRequestHook: ({ hostname, host }) => (hostname ?? host ?? '').length > MAX_HOST_LENGTH,
  })
  instrumentation.setMeterProvider(provider)
  for (const { name, patch } of instrumentation.getModuleDefinitions()) patch?.(MODULES[name])
  syncBuiltinESMExports()
}

/**
 * An HttpInstrumentation that does not mark the functions that it wrapped. By OpenTelemetry's marks a second copy, such
 * as the app's own, would unwrap what the first one wrapped, and the first would count nothing from then on. Without
 * them each wraps the other's functions, and both count.
 */
class UnmarkedHttpInstrumentation extends HttpInstrumentation {
  protected override _wrap = <Module extends object, Name extends keyof Module>(
    module: Module,
    name: Name,
    wrapper: (original: Module[Name], name: Name) => Module[Name],
  ): ShimWrapped => {
    const value = wrapper(module[name], name)
    const enumerable = Object.getOwnPropertyDescriptor(module, name)?.enumerable ?? false
    Object.defineProperty(module, name, { value, enumerable, configurable: true, writable: true })
    return value as ShimWrapped
  }
}
