/**
 * Metrics of the HTTP requests that a process serves, and of the connections that it accepts.
 *
 * @module
 * @example
 * registerInstrumentations({ instrumentations: [new HttpMetricsInstrumentation()], meterProvider })
 */
export { HttpMetricsInstrumentation } from './instrumentation.ts'
export { setRoute } from './set-route.ts'
