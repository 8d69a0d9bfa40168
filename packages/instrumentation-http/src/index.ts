/**
 * Metrics of the HTTP requests that a process serves, and of the connections that it accepts.
 *
 * @module
 * @example
 * registerInstrumentations({ instrumentations: [new HttpMetricsInstrumentation()], meterProvider })
 */
export { HttpMetricsInstrumentation, type HttpMetricsInstrumentationConfig } from './instrumentation.ts'
export * as expressRoutes from './routes/express/routes.ts'
export * as linkedRoutes from './routes/linked-routes.ts'
export { setRoute } from './set-route.ts'
