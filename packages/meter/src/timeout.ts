/** Waits for a value that may be a promise: no longer than the time allowed, or as long as it takes without one. */
export async function withTimeout(pending: unknown, timeoutMillis: number | undefined): Promise<void> {
  if (!isThenable(pending)) return
  if (timeoutMillis === undefined) {
    await pending
    return
  }
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(timeoutError(timeoutMillis)), timeoutMillis)
    // A callback that never settles must not keep the process from ending.
    timer.unref()
  })
  try {
    await Promise.race([pending, timeout])
  } finally {
    clearTimeout(timer)
  }
}

function timeoutError(timeoutMillis: number): Error {
  const error = new Error(`An observable callback did not settle within ${timeoutMillis} ms`)
  error.name = 'TimeoutError'
  return error
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
