// The contestants whose instruments are OpenTelemetry's. They record with the instruments and the interned attributes of
// `packages/metrics`; what they differ in is what collects and writes.
import { createServer } from 'node:http'
import { createScrapeEndpoint } from '@agentgateway-otel/exporter'
import { MeterProvider } from '@agentgateway-otel/meter'
import { createInstruments, createLabelSet } from '@agentgateway-otel/metrics'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { GATEWAY, listen } from './listen.js'
import { bytesOf } from './requests.js'

/** More than there are, so that no series overflows. */
const CARDINALITY_LIMIT = 4000

/** The options of the SDK's provider that set its limit. */
export const SDK_LIMITS = { views: [{ instrumentName: '*', aggregationCardinalityLimit: CARDINALITY_LIMIT }] }

/** The options of our provider that set its limit. */
export const OWN_LIMITS = { cardinalityLimit: CARDINALITY_LIMIT }

/**
 * The endpoint of `packages/exporter` over `packages/meter`.
 *
 * @param {import('./contestants.js').ContestantOptions} options
 */
export async function createAgentgatewayOtel({ sharedPort }) {
  const endpoint = createScrapeEndpoint({ onError: fail })
  const resource = resourceFromAttributes({ gateway: GATEWAY })
  const provider = new MeterProvider({ readers: [endpoint.reader], resource, ...OWN_LIMITS })
  return {
    listen: () => (sharedPort === undefined ? listen(endpoint.server) : share(endpoint, sharedPort)),
    record: recorderOf(provider.getMeter('bench')),
  }
}

/** Shares the port with the app's other processes as the preload does: the first process leads, the others follow. */
async function share(endpoint, port) {
  const { listenForPeers, rendezvousFor, Sharing } = await import('@agentgateway-otel/processes')
  const address = { host: '127.0.0.1', port }
  const rendezvous = rendezvousFor(address)
  const origin = { service: GATEWAY, cwd: process.cwd(), entry: process.argv[1] }
  const others = { onPeerServer() {}, onError: fail, log() {} }
  const sharing = new Sharing({ endpoint, address, rendezvous, origin, gateway: GATEWAY, ...others })
  await new Promise((resolve) => {
    endpoint.bind(address, ({ error }) => {
      if (error === undefined) listenForPeers(rendezvous, (socket) => sharing.leader.accept(socket), fail)
      else sharing.follower.join().catch(fail)
      resolve()
    })
  })
  return port
}

/**
 * The exporter of OpenTelemetry over either provider, without scope labels and `target_info`, which the others do not
 * have either.
 *
 * @param limits the provider's own options
 */
export async function createPrometheusExporter({ MeterProvider }, limits) {
  const { PrometheusExporter } = await import('@opentelemetry/exporter-prometheus')
  const exporter = new PrometheusExporter({
    preventServerStart: true,
    withoutScopeInfo: true,
    withoutTargetInfo: true,
    withResourceConstantLabels: /^gateway$/,
  })
  const resource = resourceFromAttributes({ gateway: GATEWAY })
  const provider = new MeterProvider({ readers: [exporter], resource, ...limits })
  const server = createServer((request, response) => exporter.getMetricsRequestHandler(request, response))
  return { listen: () => listen(server), record: recorderOf(provider.getMeter('bench')) }
}

function recorderOf(meter) {
  const labelSet = createLabelSet('http')
  const keys = ['requests', 'requestDuration', 'requestSize', 'responseSize']
  const { requests, requestDuration, requestSize, responseSize } = createInstruments(meter, keys)
  return (labels, durationSeconds) => {
    const attributes = labelSet.of(...labels)
    requests.add(1, attributes)
    requestDuration.record(durationSeconds, attributes)
    requestSize.record(bytesOf(durationSeconds), attributes)
    responseSize.record(bytesOf(durationSeconds), attributes)
  }
}

/** Ends the process, since a contestant that fails must not be measured. */
function fail(error) {
  console.error(error)
  process.exit(1)
}
