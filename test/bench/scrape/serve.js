// Serves the metrics of one contestant and reports what a scrape costs. Usage: serve.js CONTESTANT FORMAT LINES CHANGED
// It sends its port over IPC. `begin <measure>` and `end` come before and after a scrape. At `begin` it records one
// request for each of CHANGED lists of label values, others each time; the reply to `end` is what was measured in between.
import { readFileSync, writeFileSync } from 'node:fs'
import { GCProfiler } from 'node:v8'
import { CONTESTANTS } from './contestants.js'
import { labelValuesFor } from './label-values.js'

const [, , contestant, format, lines, changed] = process.argv
const { server, record } = await CONTESTANTS[contestant](format)

const values = labelValuesFor(Number(lines))
/** All durations and sizes are of many buckets, and the sums are exact in any order. */
const durationOf = (i) => ((i * 37) % 4096) / 1024
values.forEach((labels, i) => {
  const requests = 1 + ((i * 31) % 97)
  for (let j = 0; j < requests; j++) record(labels, durationOf(i * 13 + j))
})

let changes = 0
function change() {
  const count = Math.min(Number(changed), values.length)
  for (let i = 0; i < count; i++, changes++) record(values[(changes * 7) % values.length], durationOf(changes))
}

/**
 * What is measured has a function that begins, and returns one that ends and returns the result. CPU is measured
 * without a monitor, because a monitor costs CPU itself.
 */
const MEASURES = {
  cpu() {
    const cpu = process.cpuUsage()
    const threadCpu = threadCpuUsage()
    return () => ({
      cpuMs: millisecondsOf(process.cpuUsage(cpu)),
      threadMs: millisecondsOf(threadCpuUsage(threadCpu)),
    })
  },

  /** The slices are the iterations of the event loop: the main thread's CPU time between two ticks of `setImmediate`. */
  slices() {
    let longest = 0
    const stop = everyIteration((previous = threadCpuUsage()) => {
      const now = threadCpuUsage()
      longest = Math.max(
        longest,
        millisecondsOf({ user: now.user - previous.user, system: now.system - previous.system }),
      )
      return now
    })
    return () => {
      stop()
      return { sliceMs: longest }
    }
  },

  /**
   * The most memory at any moment of the scrape, above what there was before it: the heap with what is outside of it but
   * belongs to it, at each iteration of the event loop and before each collection, and resident memory.
   */
  memory() {
    for (let i = 0; i < 3; i++) gc()
    const before = usedBytes()
    const profiler = new GCProfiler()
    profiler.start()
    writeFileSync('/proc/self/clear_refs', '5')
    const residentBefore = peakResidentBytes()
    let peak = before
    const stop = everyIteration(() => {
      peak = Math.max(peak, usedBytes())
    })
    return () => {
      stop()
      const residentPeak = peakResidentBytes()
      for (const { beforeGC } of profiler.stop().statistics) {
        const { usedHeapSize, externalMemory } = beforeGC.heapStatistics
        peak = Math.max(peak, usedHeapSize + externalMemory)
      }
      for (let i = 0; i < 3; i++) gc()
      return {
        usedBytes: peak - before,
        residentBytes: residentPeak - residentBefore,
        keptBytes: usedBytes() - before,
      }
    }
  },
}

/**
 * Returns the CPU time of the main thread. By itself Linux reports that of a running thread as of the scheduler's last tick,
 * which may be 4 ms ago, but the CPU time of the process it brings up to date first, with that of its threads.
 */
function threadCpuUsage(previous) {
  process.cpuUsage()
  return process.threadCpuUsage(previous)
}

const millisecondsOf = ({ user, system }) => (user + system) / 1000

function usedBytes() {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** The highest resident memory since it was reset. */
function peakResidentBytes() {
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024
}

/** Calls a function with its last result at each iteration of the event loop, until the function that it returns is called. */
function everyIteration(callback) {
  let result = callback()
  let immediate = setImmediate(function next() {
    result = callback(result)
    immediate = setImmediate(next)
  })
  return () => {
    clearImmediate(immediate)
    callback(result)
  }
}

let end
process.on('message', ({ begin }) => {
  if (begin === undefined) return process.send(end())
  change()
  // The scrape comes after the reply, so what sending it costs is not measured.
  process.send({}, () => {
    end = MEASURES[begin]()
  })
})
process.on('disconnect', () => process.exit())
// The connection must stay open while the other contestants have their turns.
server.keepAliveTimeout = 600_000
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
