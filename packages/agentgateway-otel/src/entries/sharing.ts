/** This is a bundle of its own, because most apps are one process. */
export { Sharing } from '@agentgateway-otel/processes'
