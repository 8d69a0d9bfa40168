/** How often it is looked whether the process has ended but for an export. */
const INTERVAL_MS = 100

/** The kinds of what a socket has asked of the system: to connect, to write, to end. Names as Node.js reports them. */
const SOCKET_REQUEST = /(?:Connect|Write|Shutdown)Wrap$/

/**
 * Calls `giveUp` when nothing but one request of a socket to the system keeps the process alive. An unreferenced socket
 * keeps no process alive, but such a request does until it has been carried out: to connect to a host that drops packets,
 * or to write to a peer that reads nothing. If the request is the app's own, one export has failed, and its data is in
 * the next one.
 *
 * @returns a function that stops looking
 */
export function giveUpWhenAlone(giveUp: () => void): () => void {
  const timer = setInterval(() => {
    const [resource, ...others] = process.getActiveResourcesInfo()
    if (resource !== undefined && others.length === 0 && SOCKET_REQUEST.test(resource)) giveUp()
  }, INTERVAL_MS)
  timer.unref()
  return () => clearInterval(timer)
}
