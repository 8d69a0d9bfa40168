/** The stdin and stdout of a program, which it shares with the process that started it. */
export interface Pipe {
  /** `server`: of this process. `client`: of a child that it started. */
  readonly side: 'server' | 'client'
  /** The first bytes that went into the stdin, at least one. They are lent while the observer is asked. */
  readonly beginning: Uint8Array
}

/** What an observer hears of pipes. The bytes are lent: copy what is to be kept, and change nothing. */
export interface PipeListener {
  /**
   * Bytes went into the stdin; the first ones are `beginning` again.
   *
   * @returns true once the listener wants the output too, false once it wants nothing more, and undefined as long as it
   *   cannot know. Until somebody says true, only the input is observed.
   */
  input(chunk: Uint8Array): boolean | undefined
  /** No more goes in. Once, unless the process ends before. */
  inputEnd(): void
  /** Came out of the stdout, since a listener first wanted the output. */
  output(chunk: Uint8Array): void
  /** No more comes out. Once, last; of this process's own stdout, never. */
  end(): void
}
