/** What counts MCP messages, in a bundle of its own: a process needs it at its first exchange or pipe that may carry MCP. */
export { watchMcp } from '@agentgateway-otel/instrumentation-mcp'
