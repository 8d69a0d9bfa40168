// openlit set up as in its documentation, with traces that go to a port on which nothing listens. It uses a MeterProvider
// that exists, so its metrics can be scraped, and a price list, which it would otherwise fetch from the network.
import { metrics } from '@opentelemetry/api'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import Openlit from 'openlit'
import { serve } from './endpoint.js'

const exporter = new PrometheusExporter({ preventServerStart: true })
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [exporter] }))
Openlit.default.init({ otlpEndpoint: 'http://127.0.0.1:9', pricingJson: '{}' })

serve((request, response) => exporter.getMetricsRequestHandler(request, response))
