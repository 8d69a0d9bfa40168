/** A child process that this process has just started, with a pipe as its stdout. */
export interface StartedChild {
  /** The program and its arguments. The first is the name by which the program knows itself. */
  readonly command: readonly string[]
  /** Undefined if the program could not be started. */
  readonly pid: number | undefined
  /** When it was started, in milliseconds since 1970. */
  readonly startedMs: number
}

/** What an observer wants of a child's stdout. The bytes are lent: copy what you keep, and change nothing. */
export interface OutputListener {
  /**
   * Bytes came out of the stdout.
   *
   * @returns false once the listener wants nothing more. The stream is then as it was.
   */
  output(chunk: Uint8Array): boolean
  /** The stdout has ended, or has been destroyed. Called once, last, unless the listener wanted nothing more. */
  end(): void
}
