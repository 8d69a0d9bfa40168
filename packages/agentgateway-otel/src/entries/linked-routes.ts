/** What finds the routes of frameworks whose contexts have to be linked to requests: an app that may have one needs it. */
export { linkedRoutes } from '@agentgateway-otel/instrumentation-http'
