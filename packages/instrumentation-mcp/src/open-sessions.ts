/** MCP sessions that live and die with a connection: an SSE stream, a pipe. */
export interface OpenSessions {
  /** @returns what ends it; only the first call does */
  begin(): () => void
  /** How many are open; undefined before the first one began. */
  count(): number | undefined
}

export function createOpenSessions(): OpenSessions {
  let open: number | undefined
  return {
    begin() {
      open = (open ?? 0) + 1
      let isOpen = true
      return () => {
        if (isOpen) open = (open ?? 0) - 1
        isOpen = false
      }
    },
    count: () => open,
  }
}
