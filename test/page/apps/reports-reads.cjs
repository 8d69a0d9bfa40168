// A preload for before the preload: reports on stderr which of the page's files are read.
const fs = require('node:fs')
const { readFileSync } = fs

fs.readFileSync = (path, ...rest) => {
  const [, name] = /dist\/(entries\/page\.cjs|page\/.+)$/.exec(String(path)) ?? []
  if (name !== undefined) fs.writeSync(2, `reads ${name}\n`)
  return readFileSync(path, ...rest)
}
