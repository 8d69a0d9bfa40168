// Serves a number of series of one kind with a metrics library. Usage: serve.js LIBRARY KIND SERIES
// It sends its port over IPC, and replies to three commands: `heap` returns the bytes of heap per series (this needs
// --expose-gc), and `begin` and `end` around a scrape return for how long the scrape blocked and what CPU it used.
import { createServer } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { LIBRARIES } from './libraries.js'

const [, , library, kind, series] = process.argv
/** Long enough for several ticks of the monitor's timer. */
const TICKS_MS = 20
const LABELS = ['method', 'status', 'route', 'protocol']
const METHODS = ['GET', 'POST', 'PUT', 'DELETE']
const STATUSES = ['200', '201', '404', '500', '503']

// The label values exist before the measurement, as they would in an app, so that only the library's own memory counts.
const values = Array.from({ length: Number(series) }, (_, i) => [
  METHODS[i % 4],
  STATUSES[Math.floor(i / 4) % 5],
  `/things-${Math.floor(i / 20)}/:id`,
  'http',
])

function heapUsed() {
  for (let i = 0; i < 4; i++) gc()
  return process.memoryUsage().heapUsed
}

const { instrument, serve } = await LIBRARIES[library]()
const { record } = instrument(kind, LABELS)
const heapBefore = globalThis.gc ? heapUsed() : 0
for (const [method, status, route, protocol] of values) record(0.02, { method, status, route, protocol })

const server = createServer(serve)
const delay = monitorEventLoopDelay({ resolution: 1 })
let cpu = process.cpuUsage()
process.on('message', async (message) => {
  if (message === 'heap') return process.send({ bytes: (heapUsed() - heapBefore) / values.length })
  if (message === 'begin') {
    delay.reset()
    delay.enable()
    // The delay is measured between ticks of a timer, so there must be a tick before the scrape and one after it.
    await sleep(TICKS_MS)
    cpu = process.cpuUsage()
    return process.send({})
  }
  const { user, system } = process.cpuUsage(cpu)
  await sleep(TICKS_MS)
  delay.disable()
  process.send({ blockedMs: delay.max / 1e6, cpuMs: (user + system) / 1000 })
})
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
