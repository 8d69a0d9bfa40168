// What is measured of a scrape in the process that serves it. Each measure is a function that begins, and returns one that
// ends and returns the results.
import { readFileSync, writeFileSync } from 'node:fs'
import { GCProfiler } from 'node:v8'

export const MEASURES = {
  /** CPU time, of all threads and of the main one. Nothing else is measured meanwhile, because that costs CPU itself. */
  cpu() {
    const cpu = process.cpuUsage()
    const thread = threadCpuUsage()
    return () => {
      const used = process.cpuUsage(cpu)
      return { cpuMs: (used.user + used.system) / 1000, threadMs: (threadCpuUsage() - thread) / 1000 }
    }
  },

  /** The longest slice: the most CPU time of the main thread in one iteration of the event loop. */
  slice() {
    let longest = 0
    let previous = threadCpuUsage()
    const stop = everyIteration(() => {
      const now = threadCpuUsage()
      longest = Math.max(longest, now - previous)
      previous = now
    })
    return () => {
      stop()
      return { sliceMs: longest / 1000 }
    }
  },

  /**
   * The most memory at any moment of the scrape, above that before it: what the heap and the buffers outside of it hold,
   * garbage included, at each iteration of the event loop and before each collection; and resident memory. Then what is
   * left of the former after a collection.
   */
  memory() {
    collectGarbage()
    const usedBefore = usedBytes()
    let usedPeak = usedBefore
    const profiler = new GCProfiler()
    profiler.start()
    const stop = everyIteration(() => {
      usedPeak = Math.max(usedPeak, usedBytes())
    })
    resetResidentPeak()
    const residentBefore = residentPeak()
    return () => {
      stop()
      const residentBytes = residentPeak() - residentBefore
      for (const { beforeGC } of profiler.stop().statistics) {
        const { usedHeapSize, externalMemory } = beforeGC.heapStatistics
        usedPeak = Math.max(usedPeak, usedHeapSize + externalMemory)
      }
      collectGarbage()
      return { usedBytes: usedPeak - usedBefore, residentBytes, keptBytes: usedBytes() - usedBefore }
    }
  },
}

/**
 * Returns the CPU time of the main thread, in microseconds. Linux reports that of a running thread as it was at the
 * scheduler's last tick, up to 4 ms ago, unless that of the whole process was read just before.
 */
function threadCpuUsage() {
  process.cpuUsage()
  const { user, system } = process.threadCpuUsage()
  return user + system
}

function collectGarbage() {
  for (let i = 0; i < 3; i++) gc()
}

function usedBytes() {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Makes the peak of resident memory begin again with the present. Only Linux can do this. */
function resetResidentPeak() {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5')
}

function residentPeak() {
  if (process.platform !== 'linux') return Number.NaN
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024
}

/** Calls a function at each iteration of the event loop. The function that is returned calls it once more, and stops. */
function everyIteration(callback) {
  let immediate = setImmediate(function next() {
    callback()
    immediate = setImmediate(next)
  })
  return () => {
    clearImmediate(immediate)
    callback()
  }
}
