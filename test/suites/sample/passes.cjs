// Passes with and without a preload.
process.exitCode = process.listenerCount('exit') >= 0 ? 0 : 1
