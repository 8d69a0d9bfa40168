import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import fc from 'fast-check'
import type { Format } from '../collected.ts'
import { createExposition } from '../series/exposition.ts'
import { FAMILIES } from '../series/families.ts'
import type { ScrapeReader } from '../series/scrape-reader.ts'
import { collectGenerated, generatedInstruments } from './generated-provider.ts'

/** Returns what a scrape of these metrics gets. */
export async function pageOf(resourceMetrics: ResourceMetrics, format: Format): Promise<Buffer> {
  const reader = { collect: async () => ({ resourceMetrics, errors: [] }) } as unknown as ScrapeReader
  const onError = (error: unknown) => {
    throw error
  }
  const { write } = await createExposition(reader, FAMILIES, new Set(), onError)()
  return Buffer.concat([...write({ format })])
}

/** Generates pages of any metrics, each in both formats. The same seed gives the same pages. */
export async function* generatedPages(count: number, seed: number): AsyncIterable<Record<Format, Buffer>> {
  for (const instruments of fc.sample(generatedInstruments, { numRuns: count, seed })) {
    const resourceMetrics = await collectGenerated(instruments)
    yield {
      text: await pageOf(resourceMetrics, 'text'),
      openmetrics: await pageOf(resourceMetrics, 'openmetrics'),
    }
  }
}
