// A preload whose effect an app can notice: it adds a listener for `exit`.
process.on('exit', () => {})
