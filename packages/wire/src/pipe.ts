/** The stdin and stdout of a program, which are pipes to the process that started it. */
export interface Pipe {
  /** `server` if the program is this process, `client` if it is a child that this process started. */
  readonly side: 'server' | 'client'
  /** The first bytes that went into the stdin, at least one. They are lent, for the duration of the observer's `pipe`. */
  readonly beginning: Uint8Array
}

/** What an observer wants of a pipe. The bytes are lent: copy what you keep, and change nothing. */
export interface PipeListener {
  /**
   * Bytes went into the stdin. The first call gets `beginning` again.
   *
   * @returns true once the listener wants the output too, false once it wants nothing more, and undefined as long as it
   *   cannot decide. Until a listener returns true, only the input is observed.
   */
  input(chunk: Uint8Array): boolean | undefined
  /** The stdin has ended. Called once, unless the process ends before. */
  inputEnd(): void
  /** Bytes came out of the stdout. Not called for what came out before a listener wanted the output. */
  output(chunk: Uint8Array): void
  /** The stdout has ended. Called once, last; never for this process's own stdout. */
  end(): void
}
