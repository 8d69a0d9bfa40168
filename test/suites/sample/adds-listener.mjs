// The preload that is judged in place of ours: an app can count what it adds.
process.on('exit', () => {})
