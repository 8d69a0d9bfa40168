export { MeterProvider, type MeterProviderOptions, type ReaderOptions } from './provider.ts'
