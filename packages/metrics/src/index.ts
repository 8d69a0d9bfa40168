/**
 * The eleven metrics that agentgateway documents, as one typed table, and what is made from it.
 *
 * @module
 * @example
 * const { requests } = createInstruments(meter, ['requests'])
 * const labels = createLabelSet('http')
 * requests.add(1, labels.of('GET', '200', '/users/:id', 'http'))
 */
export { type InstrumentationConfig, MetricsInstrumentation } from './instrumentation.ts'
export { createInstruments, type Instruments } from './instruments.ts'
export { createLabelSet, type LabelSet } from './label-set.ts'
export {
  type ClosedLabel,
  LABEL_SETS,
  type Label,
  type LabelSetName,
  METRICS,
  type MetricDefinition,
  type MetricKey,
  type OpenLabel,
  OTHER,
  UNKNOWN,
} from './table.ts'
