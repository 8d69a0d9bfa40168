// openlit set up as its documentation says. Its traces go to a port on which nothing listens. It uses the global
// MeterProvider, so that its metrics can be scraped, and is given a price list, which it would otherwise download.
import { metrics } from '@opentelemetry/api'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import Openlit from 'openlit'
import { serve } from './endpoint.js'

const exporter = new PrometheusExporter({ preventServerStart: true })
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [exporter] }))
Openlit.default.init({ otlpEndpoint: 'http://127.0.0.1:9', pricingJson: '{}' })

serve((request, response) => exporter.getMetricsRequestHandler(request, response))
