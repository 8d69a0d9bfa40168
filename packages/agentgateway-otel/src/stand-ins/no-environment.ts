/** Replaces Node's module `process` in a library that would write to stdout if a variable of the app's told it to. */
export const env = {}
export const emitWarning = (): void => {}
