'use strict'
// An app whose first line enables `async_hooks`. At its end it writes each event with the type of its resource, or
// `unknown` if the resource was made before that line.
const { createHook } = require('node:async_hooks')
const { writeSync } = require('node:fs')

const types = new Map()
const seen = []
const note = (event) => (id) => void seen.push(`${event} ${types.get(id) ?? 'unknown'}`)
createHook({
  init(id, type) {
    types.set(id, type)
    seen.push(`init ${type}`)
  },
  before: note('before'),
  after: note('after'),
  destroy: note('destroy'),
  promiseResolve: note('promiseResolve'),
}).enable()

process.on('exit', () => writeSync(1, `${seen.join('\n')}\n`))
