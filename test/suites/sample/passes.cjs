// Passes without and with any preload.
process.exitCode = process.listenerCount('exit') >= 0 ? 0 : 1
