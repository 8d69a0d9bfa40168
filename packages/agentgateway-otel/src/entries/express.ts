/** What finds the routes of Express, in a bundle of its own: the first request that Express got needs it. */
export { expressRoutes } from '@agentgateway-otel/instrumentation-http'
