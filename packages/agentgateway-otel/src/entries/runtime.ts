import type { Meter, MeterProvider, ObservableResult } from '@opentelemetry/api'
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node'
import { VERSION } from '../version.ts'

/**
 * Starts the metrics of Node.js, which are those of OpenTelemetry's RuntimeNodeInstrumentation (event loop, heap, garbage
 * collection, active resources), and of the process.
 *
 * OpenTelemetry's host metrics are not used, because they start other programs to read what the operating system knows.
 */
export function startRuntimeMetrics(provider: MeterProvider): void {
  new RuntimeNodeInstrumentation().setMeterProvider(provider)
  createProcessMetrics(provider.getMeter('agentgateway-otel', VERSION))
}

/** Creates metrics by the semantic conventions of processes: docs/system/process-metrics.md of version 1.44. */
function createProcessMetrics(meter: Meter): void {
  const cpuTime = meter.createObservableCounter('process.cpu.time', {
    description: 'CPU time that the process has used.',
    unit: 's',
  })
  cpuTime.addCallback((result: ObservableResult) => {
    const { user, system } = process.cpuUsage()
    result.observe(user / 1e6, { 'cpu.mode': 'user' })
    result.observe(system / 1e6, { 'cpu.mode': 'system' })
  })
  const memoryUsage = meter.createObservableUpDownCounter('process.memory.usage', {
    description: 'Physical memory that the process has in use.',
    unit: 'By',
  })
  memoryUsage.addCallback((result: ObservableResult) => result.observe(process.memoryUsage.rss()))
  const uptime = meter.createObservableGauge('process.uptime', {
    description: 'Time since the process started.',
    unit: 's',
  })
  uptime.addCallback((result: ObservableResult) => result.observe(process.uptime()))
}
