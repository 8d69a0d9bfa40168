import type { Panel } from '../panel.ts'
import { CONNECTION_PANELS } from './connections.ts'
import { HTTP_PANELS } from './http.ts'
import { LLM_PANELS } from './llm.ts'
import { MCP_PANELS } from './mcp.ts'

/** The panels by the id of the part of `page.html` that they are in. */
export const PANELS: Readonly<Record<string, readonly Panel[]>> = {
  http: [...HTTP_PANELS, ...CONNECTION_PANELS],
  llm: LLM_PANELS,
  mcp: MCP_PANELS,
}
