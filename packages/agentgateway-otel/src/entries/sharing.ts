/** A bundle of its own: most apps are one process. */
export { Sharing } from '@agentgateway-otel/processes'
