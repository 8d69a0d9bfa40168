// openlit as its documentation has it, with all that it traces going to a port where nobody listens. It takes a
// MeterProvider that is there, so what it counts can be read; and a price list, which it would ask the network for.
import { metrics } from '@opentelemetry/api'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import Openlit from 'openlit'
import { serve } from './endpoint.js'

const exporter = new PrometheusExporter({ preventServerStart: true })
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [exporter] }))
Openlit.default.init({ otlpEndpoint: 'http://127.0.0.1:9', pricingJson: '{}' })

serve((request, response) => exporter.getMetricsRequestHandler(request, response))
