// A preload for before the preload: reports on stderr which bundles are read, and fails the reads that `FAILING` matches.
const fs = require('node:fs')
const { readFileSync } = fs
const failing = new RegExp(process.env.FAILING || '(?!)')

fs.readFileSync = (path, ...rest) => {
  const [, name] = /dist\/entries\/(.+)\.cjs$/.exec(String(path)) ?? []
  if (name === undefined) return readFileSync(path, ...rest)
  fs.writeSync(2, `reads ${name}\n`)
  if (failing.test(name)) throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' })
  return readFileSync(path, ...rest)
}
