/**
 * Loads the instrumentations when an app asks for them, so that an app that does not never reads them. It is CommonJS,
 * so that it can load them synchronously, and its syntax works on old versions of Node.js too.
 */
import type { getInstrumentations as GetInstrumentations } from './instrumentations/get-instrumentations.ts'

const { findObstacle } = require('./obstacle.cjs') as { findObstacle(): string | undefined }

const API = Symbol.for('opentelemetry.js.api.1')

/** Logs to the app's OpenTelemetry logger, as the instrumentations do. */
function warn(message: string): void {
  try {
    const api = (globalThis as { [API]?: { diag?: { warn(message: string): void } } })[API]
    api?.diag?.warn(`agentgateway-otel: ${message}`)
  } catch {
    // The logger is the app's.
  }
}

exports.getInstrumentations = (options: Parameters<typeof GetInstrumentations>[0]) => {
  const obstacle = findObstacle()
  if (obstacle !== undefined) {
    warn(obstacle)
    return []
  }
  const bundle = require('./instrumentations.cjs') as { getInstrumentations: typeof GetInstrumentations }
  return bundle.getInstrumentations(options)
}
