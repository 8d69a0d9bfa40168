/** The detectors of resource attributes, in a bundle of its own: they run at a start, and with OTLP only. */
export { withDetected } from '../otlp/detected-resource.ts'
