// A preload for before the preload: reports on stderr which bundles of the OTLP bridge are read, and that http2 is loaded.
const fs = require('node:fs')
const { readFileSync } = fs

fs.readFileSync = (path, ...rest) => {
  const [, name] = /dist\/entries\/(otlp.*\.cjs)$/.exec(String(path)) ?? []
  if (name !== undefined) fs.writeSync(2, `reads ${name}\n`)
  return readFileSync(path, ...rest)
}

setTimeout(() => {
  if (process.moduleLoadList.includes('NativeModule http2')) fs.writeSync(2, 'http2 is loaded\n')
  fs.writeSync(2, 'looks at modules\n')
}, 0)
