// Serves a number of series of one kind with a metrics library. Usage: serve.js LIBRARY KIND SERIES
// It sends its port over IPC, and replies to each message with the bytes of heap per series, for which it needs --expose-gc.
import { LIBRARIES } from './libraries.js'

const [, , library, kind, series] = process.argv
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

const { instrument, listen } = await LIBRARIES[library]()
const { record } = instrument(kind, LABELS)
const heapBefore = heapUsed()
for (const [method, status, route, protocol] of values) record(0.02, { method, status, route, protocol })

process.on('message', () => process.send({ bytes: (heapUsed() - heapBefore) / values.length }))
process.on('disconnect', () => process.exit())
process.send({ port: await listen() })
