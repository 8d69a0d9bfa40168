/**
 * The metrics of MCP servers and clients in a Node.js process, read from the wire.
 *
 * @module
 * @example
 * registerInstrumentations({ instrumentations: [new McpInstrumentation()], meterProvider })
 */
export { McpInstrumentation, type McpInstrumentationConfig } from './instrumentation.ts'
export { watchMcp } from './watch-mcp.ts'
