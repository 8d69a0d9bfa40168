'use strict'
const { fork, spawn } = require('node:child_process')
const { mkdirSync, readdirSync, writeFileSync, writeSync } = require('node:fs')
const http = require('node:http')
const { join } = require('node:path')
const { isMainThread, Worker } = require('node:worker_threads')

/**
 * `burst <kind> <count> <folder> [blocked]` starts so many threads, forked children or children, 25 at a time, each of which
 * makes one LLM call to PROVIDER and ends, every other one by `process.exit`; each leaves a file in the folder as it ends.
 * With `blocked` the event loop is blocked until all have ended. It writes `ended <number>` for each 25 and for all, and keeps running.
 *
 * `short <folder> <number> [<started> <count>]` is one of them; with the latter it waits until there are so many files in
 * that folder.
 */
const AT_ONCE = 25

const [role, ...rest] = process.argv.slice(2)
const cell = new Int32Array(new SharedArrayBuffer(4))
const sleep = (milliseconds) => Atomics.wait(cell, 0, 0, milliseconds)
const filesIn = (folder) => readdirSync(folder).length

function live(folder, number) {
  // Test runners and the package signal-exit do this to a process.
  process.removeAllListeners('exit')
  const { emit } = process
  if (Number(number) % 3 === 0) process.emit = (...args) => Reflect.apply(emit, process, args)
  process.on('exit', () => writeFileSync(join(folder, number), ''))
  // SDKs that retry send this header.
  const headers = { 'content-type': 'application/json', 'x-stainless-retry-count': '0' }
  const options = { method: 'POST', headers, agent: false }
  const request = http.request(`${process.env.PROVIDER}/v1/chat/completions`, options, (response) => {
    response.resume().on('close', () => {
      if (Number(number) % 2 === 0) process.exit()
    })
  })
  request.end(JSON.stringify({ model: 'm', messages: [] }))
}

function start(kind, folder, number) {
  const args = ['short', folder, String(number)]
  if (kind === 'thread') new Worker(__filename, { argv: args })
  else if (kind === 'fork') fork(__filename, args)
  else spawn(process.execPath, [...process.execArgv, __filename, ...args], { stdio: 'ignore' })
}

if (role === 'short') {
  const [folder, number, started, count] = rest
  if (started !== undefined) {
    writeFileSync(join(started, number), '')
    while (filesIn(started) < Number(count)) sleep(5)
  }
  live(folder, number)
} else if (isMainThread) {
  const [kind, count, folder, blocked] = rest
  mkdirSync(folder)
  let started = 0
  let said = 0
  const goOn = () => {
    const ended = filesIn(folder)
    while (started < Number(count) && started - ended < AT_ONCE) start(kind, folder, started++)
    for (; said < ended; said = Math.min(said + AT_ONCE, Number(count))) {
      const next = Math.min(said + AT_ONCE, Number(count))
      if (next > ended) break
      writeSync(1, `ended ${next}\n`)
    }
    return ended < Number(count)
  }
  if (blocked !== undefined) while (goOn()) sleep(10)
  else {
    const timer = setInterval(() => {
      if (!goOn()) clearInterval(timer)
    }, 10)
  }
  setInterval(() => {}, 60_000)
}
