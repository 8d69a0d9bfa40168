import { createInstruments, createLabelSet, type InstrumentOptions } from '@agentgateway-otel/metrics'
import type { Meter, ObservableResult } from '@opentelemetry/api'
import { VERSION } from './version.ts'

/**
 * Reports `agentgateway_build_info` if it was asked for. It fills the variables of the agentgateway proxy's own dashboards.
 *
 * @returns a function that stops it
 */
export function reportBuildInfo(meter: Meter, options?: InstrumentOptions): () => void {
  const { buildInfo } = createInstruments(meter, ['buildInfo'], options)
  if (buildInfo === undefined) return () => {}
  const labels = createLabelSet('build').of(VERSION)
  const report = (result: ObservableResult) => result.observe(1, labels)
  buildInfo.addCallback(report)
  return () => buildInfo.removeCallback(report)
}
