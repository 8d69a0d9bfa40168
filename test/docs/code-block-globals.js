// The globals that the READMEs' examples assume: a reader, the app's MeterProvider, and a client of the openai package.
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'

const reader = new PrometheusExporter({ preventServerStart: true })
const meterProvider = new MeterProvider({ readers: [new PrometheusExporter({ preventServerStart: true })] })

/** A client whose every call streams one chunk. */
const openai = {
  chat: {
    completions: {
      create: async () =>
        (async function* () {
          yield { choices: [{ delta: { content: 'hello' } }] }
        })(),
    },
  },
}
Object.assign(globalThis, { reader, meterProvider, provider: meterProvider, openai, messages: [] })
