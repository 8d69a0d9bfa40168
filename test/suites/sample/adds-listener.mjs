// A preload that stands for ours in the tests of this program: it adds a listener that an app can count.
process.on('exit', () => {})
