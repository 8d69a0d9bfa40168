import type { Access } from './access.ts'
import { DEFAULT_HEADERS } from './default-headers.ts'

/** The access of an endpoint without locks: everybody is let in. */
export const OPEN_ACCESS: Access = { check: () => undefined, headers: DEFAULT_HEADERS }
