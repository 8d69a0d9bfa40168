// openlit as its documentation sets it up, with its metrics read by exporter-prometheus. The prices of models are given,
// because it would fetch them from the internet.
const { metrics } = require('@opentelemetry/api')
const { PrometheusExporter } = require('@opentelemetry/exporter-prometheus')
const { MeterProvider } = require('@opentelemetry/sdk-metrics')
const { Openlit } = require('openlit')

const port = Number(process.env.METRICS_PORT)
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [new PrometheusExporter({ host: '127.0.0.1', port })] }))
Openlit.init({ applicationName: 'shop', otlpEndpoint: 'http://127.0.0.1:9', pricingJson: '{}' })

const express = require('express')
const { addRoutes, listen } = require('./shop.cjs')

listen(addRoutes(express()), port)
