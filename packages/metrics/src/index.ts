/**
 * The metrics that agentgateway documents, as one typed table, and what derives from it.
 *
 * @module
 * @example
 * const { requests } = createInstruments(meter, ['requests'])
 * const labels = createLabelSet('http')
 * requests?.add(1, labels.of('GET', '200', '/users/:id', 'http'))
 */
export { activeContext, contextOfSpan, isSampled, parseTraceparent, sampledSpan, sampledSpanIn } from './app-spans.ts'
export { type Buckets, boundariesOf, HISTOGRAM_NAMES, type HistogramName, MAX_BOUNDARIES } from './buckets.ts'
export { type InstrumentationConfig, MetricsInstrumentation } from './instrumentation.ts'
export {
  createInstruments,
  createOptionalInstruments,
  type InstrumentOptions,
  type Instruments,
} from './instruments.ts'
export { createLabelSet, type LabelSet } from './label-set.ts'
export {
  type BoundOf,
  boundOf,
  type ClosedLabel,
  LABEL_SETS,
  type LabelBound,
  type LabelName,
  type LabelSetName,
  type OpenLabel,
  OTHER,
  UNKNOWN,
} from './label-sets.ts'
export { MAX_LABEL_SET_SERIES, MAX_METRIC_SERIES } from './limits.ts'
export {
  isMetricSelector,
  type MetricGroup,
  type MetricSelector,
  SELECTABLE_NAMES,
  selectMetrics,
  selectsRuntime,
} from './selection.ts'
export { DEFAULT_METRICS, METRICS, type MetricDefinition, type MetricKey, OPTIONAL_METRICS } from './table.ts'
