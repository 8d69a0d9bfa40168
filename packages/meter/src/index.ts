export type { PointExemplar } from './exemplars.ts'
export { deltasOf, mergeDeltas } from './merging/deltas.ts'
export { MeterProvider, type MeterProviderOptions, type ReaderOptions } from './provider.ts'
