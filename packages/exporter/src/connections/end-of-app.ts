import { type ActiveHandle, activeHandlesOf } from '../node-internals.ts'

const { apply } = Reflect
const { getActiveResourcesInfo } = process

/** What `getActiveResourcesInfo` calls a write that the system has not taken yet. */
const WRITE = 'SimpleWriteWrap'

/**
 * Returns whether the app has nothing more to do, so that the process would end but for writes to our clients. A write keeps
 * the process alive until the system has taken it, although the socket itself does not, and a client that reads nothing may
 * delay that for as long as it likes.
 *
 * @param writes how many of our connections have something to write
 */
export function isOnlyWriting(writes: number): boolean {
  const resources = apply(getActiveResourcesInfo, process, [])
  const others = resources.filter((name) => name !== WRITE)
  if (resources.length - others.length > writes) return false
  // stdout and stderr are in the list even when they do nothing.
  const handles = activeHandlesOf(process)
  return handles !== undefined && others.length === handles.length && handles.every(isResting)
}

/** Whether a handle keeps no process alive: that of a stream that is neither read nor written. Others have no `writableLength`. */
const isResting = ({ _handle, writableLength }: ActiveHandle) => _handle?.reading !== true && writableLength === 0
