import { UNNAMED } from '../resource.ts'

/** A `MeterProvider` of @opentelemetry/sdk-metrics 2.x or 3.x, as far as its resource needs it. */
interface SdkMeterProvider {
  readonly _sharedState?: { readonly resource?: { getRawAttributes?(): readonly (readonly [string, unknown])[] } }
}

/**
 * Returns the `service.name` of the resource that an SDK's MeterProvider has. The SDK passes the resource to its
 * exporters only, so it is read from where the SDK keeps it. Where it cannot be read, and where the app has not named
 * its service, the result is the semantic conventions' default.
 */
export function serviceNameOf(provider: object): string {
  try {
    // `attributes` would log an error while a detector is still at work. Of the raw attributes the first one counts.
    const raw = (provider as SdkMeterProvider)._sharedState?.resource?.getRawAttributes?.() ?? []
    const [, name] = raw.find(([key, value]) => key === 'service.name' && typeof value === 'string') ?? []
    // The SDK's own default has the path of Node.js in it.
    if (typeof name === 'string' && name !== '' && !name.startsWith('unknown_service')) return name
  } catch {
    // It is another SDK's provider.
  }
  return UNNAMED
}
