import { sse } from './sse/index.ts'
import { stdio } from './stdio.ts'
import { streamableHttp } from './streamable-http/index.ts'
import type { TransportDefinition } from './transport.ts'

/** The transports that are recognised. */
export const TRANSPORTS: readonly TransportDefinition[] = [streamableHttp, sse, stdio]
