// The libraries that a scrape is measured with. All serve the same metrics with the same series, each the way its own
// documentation shows. A library is loaded only when it is used, so that it cannot affect the others.

import { createAgentgatewayOtel, createPrometheusExporter, OWN_LIMITS, SDK_LIMITS } from './opentelemetry.js'
import { createBare, createPromClient, createPromClientCluster } from './prom-client.js'

/**
 * @typedef {object} ContestantOptions
 * @property {'text' | 'openmetrics'} format the format of all scrapes: some libraries serve one format only
 * @property {number} [sharedPort] the port that the processes of one app share
 * @property {number} [workers] how many processes a cluster has
 * @property {string} [workerConfig] what a worker of a cluster gets as its argument
 *
 * @typedef {object} Contestant
 * @property {() => Promise<number>} listen returns the port of the scrapes
 * @property {(labels: import('./requests.js').LabelValues, durationSeconds: number) => void} record
 * @property {(command: string) => Promise<void>} [forward] makes the workers of a cluster obey a command, and waits for all
 */

/** @type {Record<string, (options: ContestantOptions) => Promise<Contestant>>} */
export const CONTESTANTS = {
  bare: async (options) => createBare(await import('prom-client'), options),
  'agentgateway-otel': createAgentgatewayOtel,
  'exporter-prometheus': async () => createPrometheusExporter(await import('@opentelemetry/sdk-metrics'), SDK_LIMITS),
  'exporter-prometheus over packages/meter': async () =>
    createPrometheusExporter(await import('@agentgateway-otel/meter'), OWN_LIMITS),
  'prom-client': async (options) => createPromClient(await import('prom-client'), options),
  '@prometheus-io/client': async (options) => createPromClient(await import('@prometheus-io/client'), options),
  'prom-client, cluster': async (options) => createPromClientCluster(await import('prom-client'), options),
  '@prometheus-io/client, cluster': async (options) =>
    createPromClientCluster(await import('@prometheus-io/client'), options),
}
