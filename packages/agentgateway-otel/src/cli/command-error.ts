/**
 * An error that a user can do something about. Its message is written to stderr as one line: what happened, with which
 * value, what to do.
 */
export class CommandError extends Error {
  override readonly name: string = 'CommandError'
  readonly exitCode: number

  /** @param exitCode default: 1 */
  constructor(message: string, options: ErrorOptions & { readonly exitCode?: number } = {}) {
    super(message, options)
    this.exitCode = options.exitCode ?? EXIT_CODES.failed
  }
}

/** The exit codes of all commands but `run`, which has those of what it runs. */
export const EXIT_CODES = {
  /** It could not be done. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
} as const
