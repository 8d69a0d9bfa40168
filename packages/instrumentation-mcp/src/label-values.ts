/** The end of a conversation that this process has. */
export type Role = 'server' | 'client'
/** The values of the label `transport`. */
export type TransportName = 'streamable_http' | 'sse' | 'stdio'
/** How a message ended; `none` for a notification, and for a request that got no response. */
export type Status = 'ok' | 'error' | 'none'
