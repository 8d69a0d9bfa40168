export type { PointExemplar } from './exemplars.ts'
export { MeterProvider, type MeterProviderOptions, type ReaderOptions } from './provider.ts'
