import { watchMcp } from './watch-mcp.ts'

/**
 * Returns what watches MCP. To be called at the first exchange or pipe that may carry MCP: the preload has all transports
 * in a bundle of their own, which is loaded then.
 */
export const loadWatch = (): typeof watchMcp => watchMcp
